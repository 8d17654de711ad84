import Model

/// Writes cells for people, by the kind of their column.
struct CellFormatter {
    /// How wide a series is drawn where there is room.
    private static let seriesWidth = 60

    /// Whom the cells are for.
    var options: RenderOptions

    /// A row's cells, as many as there are columns.
    func cells(_ row: [Cell], of columns: [Column]) -> [PlainCell] {
        columns.indices.map { index in
            index < row.count
                ? cell(row[index], of: columns[index]) : PlainCell(text: "-", isNull: true)
        }
    }

    /// The label of a column. A name's unit goes where its cells bring their own.
    func title(of column: Column) -> String {
        let suffix =
            switch column.kind {
            case .seconds: "_s"
            case .microseconds, .moment: "_us"
            default: ""
            }
        let isBare = column.name.hasSuffix(suffix) && column.name.utf8.count > suffix.utf8.count
        let name = isBare ? String(column.name.dropLast(suffix.count)) : column.name
        return visible(column.title ?? name)
    }

    private func visible(_ text: String) -> String {
        SafeText.visible(text, unicode: options.unicode)
    }

    private func cell(_ cell: Cell, of column: Column) -> PlainCell {
        switch cell {
        case .null: PlainCell(text: "-", isNull: true)
        case .integer(let value): PlainCell(text: integer(value, of: column), isNumber: true)
        case .real(let value): PlainCell(text: real(value, of: column), isNumber: true)
        case .text(let value): text(value, of: column)
        case .blob(let octets): PlainCell(text: MachineText.hexadecimal(octets))
        }
    }

    private func integer(_ value: Int64, of column: Column) -> String {
        switch column.kind {
        case .text, .series: String(value)
        case .number: column.isIdentifier ? String(value) : HumanText.number(value)
        case .moment: HumanText.moment(value, utcOffset: options.utcOffset)
        case .ratio, .bytes, .seconds, .microseconds: measure(Double(value), column.kind)
        }
    }

    private func real(_ value: Double, of column: Column) -> String {
        switch column.kind {
        case .text, .series: return "\(value)"
        case .number: return HumanText.number(value)
        case .moment:
            guard let moment = Int64(exactly: value.rounded()) else { return "\(value)" }
            return HumanText.moment(moment, utcOffset: options.utcOffset)
        case .ratio, .bytes, .seconds, .microseconds: return measure(value, column.kind)
        }
    }

    private func measure(_ value: Double, _ kind: ColumnKind) -> String {
        switch kind {
        case .ratio: HumanText.ratio(value)
        case .bytes: HumanText.bytes(value)
        case .microseconds: HumanText.seconds(value / 1_000_000, unicode: options.unicode)
        default: HumanText.seconds(value, unicode: options.unicode)
        }
    }

    private func text(_ value: String, of column: Column) -> PlainCell {
        if column.kind == .series, let series = Series(json: value) {
            let bars = Sparkline.draw(
                series.values, width: Self.seriesWidth, unicode: options.unicode)
            return PlainCell(text: bars, series: series)
        }
        if column.kind == .moment, let moment = Self.moment(value) {
            return PlainCell(
                text: HumanText.moment(moment, utcOffset: options.utcOffset), isNumber: true)
        }
        return PlainCell(text: visible(value))
    }

    /// The moment that a view's `*_at` text names, `2026-11-23T03:12:00.123456Z`; nil for others.
    private static func moment(_ text: String) -> Int64? {
        guard text.utf8.count == 27, text.hasSuffix("Z") else { return nil }
        let parts = text.dropLast().split { "-T:.".contains($0) }.map { Int($0) }
        guard parts.count == 7, let year = parts[0], let month = parts[1], let day = parts[2],
            let hour = parts[3], let minute = parts[4], let second = parts[5],
            let fraction = parts[6], [hour, minute, second, fraction].allSatisfy({ $0 >= 0 }),
            let time = CivilTime(
                year: year, month: month, day: day,
                microsecondOfDay: Int64((hour * 60 + minute) * 60 + second) * 1_000_000
                    + Int64(fraction)),
            MachineText.moment(time.microseconds) == text
        else { return nil }
        return time.microseconds
    }
}

extension Column {
    /// Whether its numbers name something, so that no comma goes between their thousands.
    var isIdentifier: Bool {
        let names: Set<Substring> = [
            "id", "pid", "ppid", "uid", "gid", "port", "cookie", "inode", "netns", "version",
        ]
        return name.lowercased().split(separator: "_").last.map { names.contains($0) } ?? false
    }

    /// Whether its cells are measures or counts, which line up at their right end.
    var isAlignedRight: Bool {
        switch kind {
        case .number, .ratio, .bytes, .seconds, .microseconds: true
        case .text, .moment, .series: false
        }
    }
}
