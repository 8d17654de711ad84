import ArgumentParser
import Model
import Queries

/// Open file descriptors.
struct DescriptorsReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "fds",
        abstract: "Open file descriptors of the host and of each process, and who grows.",
        discussion: """
            The host's row counts file handles against fs.file-max, the others descriptors against \
            their soft limit; the fullest come first. Growth is the median of the slopes between \
            any two of 60 equal instants (Theil and Sen), so that a spike does not move it, with \
            its 95 % interval. Where that holds 0 it is "not growing"; with fewer than five values \
            one after the other it is "unclear". The time to a limit is what is left at that pace.

            \(LackingOptions.told("fds"))

            EXAMPLES
              socktape report fds --since -2h
              socktape report fds --top 0 --format csv
              socktape report fds --process nginx --bucket 10m
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var parts: PartOptions
    @OptionGroup var processes: ProcessFilterOptions
    @OptionGroup var top: TopOptions
    @OptionGroup var answer: AnswerOptions

    func run(in surroundings: Surroundings) throws {
        let limit = try top.limit()
        let filter = try processes.clause()
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range), filter: filter, top: limit)
            try desk.showDescriptors(scope, parts: try parts.length(of: scope))
            if !desk.page.showsSQL { try desk.tellGaps(scope) }
        }
    }
}

extension Desk {
    /// Shows descriptors of a range or, where a length is given, of each part of it.
    fileprivate func showDescriptors(_ scope: Scope, parts length: Int64?) throws {
        let isForPeople = page.isForPeople
        let queries = scope.parts(length).map {
            (scope: $0, query: DescriptorsQuery($0, slots: isForPeople ? 12 : 24))
        }
        if page.showsSQL {
            try show(Question.parted(scope, length) { DescriptorsQuery($0).question })
            return try page.write(
                "-- The growth is estimated from process_fds and fd_counts; SQL gives the rest.\n")
        }
        var rows: [[Cell]] = []
        var sentences: [String] = []
        for (scope, query) in queries {
            let table = DescriptorTable(
                try session.all(query.question), try DescriptorGrowth(self, scope, query.values),
                isForPeople: isForPeople)
            let from = Cell.integer(session.timeline.wall(scope.range.since))
            rows += length == nil ? table.rows : table.rows.map { [from] + $0 }
            if length == nil { sentences = table.sentences }
        }
        var columns = DescriptorTable.columns(isForPeople: isForPeople)
        var shown = DescriptorTable.shown
        if length != nil {
            columns.insert(Column("from", kind: .moment), at: 0)
            shown = [0] + shown.map { $0 + 1 }
        }
        try page.show(ArrayCursor(columns: columns, rows: rows), shown: shown)
        for sentence in sentences { try note(sentence) }
    }
}
