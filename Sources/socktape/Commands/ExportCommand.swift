import ArgumentParser
import Kernel
import Model
import Queries
import Rendering

/// Views as files.
struct ExportCommand: ReaderCommand {
    /// The view that has a row for each socket of each sample.
    private static let largest = "socket_table"
    private static let mostRows: Int64 = 10_000_000

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write views as CSV files, one a view.",
        discussion: """
            Every public view, or those that --view names. The files appear together at the end, \
            or not at all. --since and --until apply to views with a time. The view socket_table \
            is left out where it would have more than 10 million rows and is not named. \
            --anonymize hides addresses; names of hosts, processes, units and namespaces, user \
            ids and ports stay as they were.

            EXAMPLES
              socktape export --output night
              socktape export --output night --view connections --view time_waits --since 22:00
              socktape export --output shared --gzip --anonymize
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions

    @Option(help: ArgumentHelp("The folder; made if it is missing.", valueName: "dir"))
    var output: String

    @Option(help: ArgumentHelp("This view; may be given again.", valueName: "name"))
    var view: [String] = []

    @Flag(help: "Leave cells that a spreadsheet would take for formulas as they are.")
    var raw = false

    @Flag(help: "Compress each file: NAME.csv.gz.")
    var gzip = false

    @OptionGroup var anonymize: AnonymizeOptions

    func run(in surroundings: Surroundings) throws {
        let named = try view.map { try PublicView.named($0) }
        let hider = try anonymize.hider()
        let isNew = try Folder.make(output)
        do {
            let page = try Page(in: surroundings)
            let reader = try surroundings.reader(database)
            let files = try reader.read { session in
                let desk = Desk(session: session, page: page, surroundings: surroundings)
                return try write(
                    named.isEmpty ? try everything(desk) : named, from: desk, hider: hider)
            }
            for file in files { try file.synchronize() }
            for file in files { try file.commit() }
        } catch {
            if isNew { Folder.removeIfEmpty(output) }
            throw error
        }
    }

    /// Every view, but for one that would be out of all proportion.
    private func everything(_ desk: Desk) throws -> [PublicView] {
        let rows = try desk.session.all(TableSizeQuery.question).first?.first?.integer ?? 0
        guard rows > Self.mostRows else { return PublicView.all }
        try desk.note(
            "\(Self.largest) is left out: it would have about \(HumanText.number(rows)) rows; "
                + "--view \(Self.largest) writes it all the same")
        return PublicView.all.filter { $0.name != Self.largest }
    }

    private func write(
        _ views: [PublicView], from desk: Desk, hider: AddressHider?
    ) throws -> [OutputFile] {
        let range = range.isGiven ? try desk.range(range) : nil
        let hiding: (@Sendable (String) -> String)?
        if let hider {
            hiding = { (text: String) -> String in hider.hidden(text) }
        } else {
            hiding = nil
        }
        let progress = ExportProgress(of: views.count, width: desk.surroundings.errorWidth)
        defer { progress.close() }
        return try views.map { view in
            let file = try OutputFile(
                replacing: "\(output)/\(view.name)" + (gzip ? ".csv.gz" : ".csv"))
            progress.begin(view.name)
            try desk.session.writeCSV(of: view, range: range, isRaw: raw, hiding: hiding) {
                octets in
                try file.write(octets)
                progress.wrote(octets.count)
            }
            try file.flush()
            return file
        }
    }
}
