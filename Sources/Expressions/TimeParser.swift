import Model

/// Reads a time; each form is tried by its first characters.
struct TimeParser {
    private let text: String
    private var scanner: Scanner

    init(_ text: String) {
        self.text = text
        scanner = Scanner(text)
    }

    /// Reads the whole text as one time.
    mutating func parse() throws(ExpressionError) -> TimeExpression {
        scanner.skipSpaces()
        guard !scanner.isAtEnd else { throw error("it is empty") }
        if let expression = try ago() { return expression }
        if let expression = try offsetFromNow() { return expression }
        var words = scanner
        let word = words.letters()
        if !word.isEmpty {
            scanner = words
            return try keyword(word)
        }
        if let time = timeOfDay() {
            try expectEnd()
            return .clock(time)
        }
        if let date = date() { return try rest(after: date) }
        return try unixSeconds()
    }

    private func error(_ reason: String) -> ExpressionError {
        ExpressionError(
            cannotRead: "time", text, because: reason, try: TimeExpression.accepted)
    }

    private mutating func expectEnd() throws(ExpressionError) {
        scanner.skipSpaces()
        guard scanner.isAtEnd else { throw error("'\(scanner.remainder)' does not belong") }
    }

    private func duration(_ words: some StringProtocol) throws(ExpressionError) -> Int64 {
        do throws(ExpressionError) {
            return try DurationExpression(String(words)).microseconds
        } catch {
            throw self.error(error.reason)
        }
    }

    // MARK: Relative times

    private func ago() throws(ExpressionError) -> TimeExpression? {
        let lowered = text.lowercased()
        var words = Substring(lowered)
        while words.last == " " { words.removeLast() }
        guard words.hasSuffix(" ago") else { return nil }
        return .anchored(.now, offset: -(try duration(words.dropLast(4))))
    }

    private func offsetFromNow() throws(ExpressionError) -> TimeExpression? {
        var copy = scanner
        if copy.skip("-") { return .anchored(.now, offset: -(try duration(copy.remainder))) }
        if copy.skip("+") { return .anchored(.now, offset: try duration(copy.remainder)) }
        return nil
    }

    private mutating func keyword(_ word: String) throws(ExpressionError) -> TimeExpression {
        if let days = ["today": 0, "yesterday": -1][word] {
            scanner.skipSpaces()
            if scanner.isAtEnd { return .day(days, timeOfDay: 0) }
            guard let time = timeOfDay() else { throw error("'\(word)' takes a time of day") }
            try expectEnd()
            return .day(days, timeOfDay: time)
        }
        guard let anchor = TimeExpression.Anchor(rawValue: word) else {
            throw error("'\(word)' is not a time")
        }
        scanner.skipSpaces()
        if scanner.isAtEnd { return .anchored(anchor, offset: 0) }
        if scanner.skip("-") {
            return .anchored(anchor, offset: -(try duration(scanner.remainder)))
        }
        guard scanner.skip("+") else { throw error("'\(scanner.remainder)' does not belong") }
        return .anchored(anchor, offset: try duration(scanner.remainder))
    }

    // MARK: Dates and times of day

    /// `03:12`, `3:12`, `03:12:05`, `03:12:05.25`; µs since midnight. Reads nothing when nil.
    private mutating func timeOfDay() -> Int64? {
        var copy = scanner
        guard
            let hour = copy.number(digits: 2, in: 0...23) ?? copy.number(digits: 1, in: 0...9),
            copy.skip(":"), let minute = copy.number(digits: 2, in: 0...59)
        else { return nil }
        var time = Int64(hour * 60 + minute) * 60_000_000
        if copy.skip(":") {
            guard let second = copy.number(digits: 2, in: 0...59) else { return nil }
            time += Int64(second) * 1_000_000
            if copy.skip(".") || copy.skip(",") {
                guard let fraction = Self.microseconds(fraction: copy.digits()) else { return nil }
                time += fraction
            }
        }
        scanner = copy
        return time
    }

    /// The digits after a second's point as µs; what is finer is cut off.
    private static func microseconds(fraction: String) -> Int64? {
        guard !fraction.isEmpty else { return nil }
        return Int64((fraction + "000000").prefix(6))
    }

    private mutating func date() -> CivilTime? {
        var copy = scanner
        guard let year = copy.number(digits: 4, in: 1970...9998), copy.skip("-"),
            let month = copy.number(digits: 2, in: 1...12), copy.skip("-"),
            let day = copy.number(digits: 2, in: 1...31),
            let date = CivilTime(year: year, month: month, day: day)
        else { return nil }
        scanner = copy
        return date
    }

    /// What follows a date: nothing, or a time of day, perhaps with a zone (ISO 8601).
    private mutating func rest(after date: CivilTime) throws(ExpressionError) -> TimeExpression {
        let isJoined = scanner.skip("T")
        let isSpaced = !isJoined && scanner.skipSpaces()
        if scanner.isAtEnd, !isJoined { return .local(date) }
        guard isJoined || isSpaced, let time = timeOfDay() else {
            throw error("its time of day is wrong")
        }
        var moment = date
        moment.microsecondOfDay = time
        scanner.skipSpaces()
        if scanner.isAtEnd { return .local(moment) }
        guard let offset = zone() else { throw error("its zone is wrong") }
        try expectEnd()
        return .absolute(moment.microseconds - offset)
    }

    /// `Z`, `+02:00`, `+0200` or `+02`; µs east of UTC.
    private mutating func zone() -> Int64? {
        if scanner.skip("Z") { return 0 }
        let isWest = scanner.skip("-")
        guard isWest || scanner.skip("+") else { return nil }
        var digits = scanner.digits()
        if digits.utf8.count == 2, scanner.skip(":") {
            digits += scanner.digits()
        } else if digits.utf8.count == 2 {
            digits += "00"
        }
        guard digits.utf8.count == 4, let number = Int(digits), number < 2400, number % 100 < 60
        else { return nil }
        return Int64(number / 100 * 60 + number % 100) * (isWest ? -60_000_000 : 60_000_000)
    }

    // MARK: Unix seconds

    /// Seconds since 1970 with nine or ten digits (1973 to 2286), perhaps with a fraction. Other
    /// magnitudes are refused, because they are milliseconds, µs, a year or a slip.
    private mutating func unixSeconds() throws(ExpressionError) -> TimeExpression {
        let whole = scanner.digits()
        guard !whole.isEmpty else { throw error("it is not a time") }
        let hasPoint = scanner.skip(".")
        let fraction = hasPoint ? Self.microseconds(fraction: scanner.digits()) : 0
        scanner.skipSpaces()
        guard scanner.isAtEnd, let fraction else { throw error("it is not a time") }
        guard whole.utf8.count > 8 else { throw error("it is too small for Unix seconds") }
        guard whole.utf8.count < 11, let seconds = Int64(whole), seconds >= 100_000_000 else {
            throw error("it is not in seconds")
        }
        return .absolute(seconds * 1_000_000 + fraction)
    }
}
