import Model

/// Numbers as people read them.
package enum HumanText {
    /// A count with a comma between thousands.
    package static func number(_ value: Int64) -> String {
        let digits = String(value.magnitude)
        return (value < 0 ? "-" : "") + grouped(digits)
    }

    /// A count and its noun: `1 sample`, `1,024 samples`.
    package static func count(_ value: Int64, _ one: String, many: String? = nil) -> String {
        number(value) + " " + (value == 1 ? one : many ?? one + "s")
    }

    /// A number that is no count: two decimals, or three digits when it is below one; `<0.001`.
    package static func number(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        let magnitude = value.magnitude
        // A trifle is not nothing.
        if magnitude > 0, magnitude < 0.001 { return value < 0 ? ">-0.001" : "<0.001" }
        let decimals = value == value.rounded() ? 0 : magnitude < 1 ? 3 : 2
        let parts = fixed(magnitude, decimals).split(separator: ".")
        guard let whole = parts.first, whole.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            return "\(value)"
        }
        let text = ([grouped(String(whole))] + parts.dropFirst().map(String.init))
        return (value < 0 ? "-" : "") + text.joined(separator: ".")
    }

    /// A share of one in per cent, two decimals. Only 1 is "100 %", and only 0 is "0 %": nearly
    /// all is never shown as all, nor a trifle as nothing, nor too much as just right.
    package static func ratio(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        if value == 0 { return "0 %" }
        if value == 1 { return "100 %" }
        let percent = value * 100
        if percent > 0, percent < 0.01 { return "<0.01 %" }
        if percent > 99, percent < 100 { return fixed(min(percent, 99.99), 2) + " %" }
        if percent > 100, percent < 100.01 { return "100.01 %" }
        return (value < 0 ? "-" : "") + fixed(percent.magnitude, 2) + " %"
    }

    /// Octets with IEC prefixes: `512 B`, `1.2 MiB`.
    package static func bytes(_ value: Double) -> String {
        guard value.isFinite else { return "\(value) B" }
        let sign = value < 0 ? "-" : ""
        var rest = value.magnitude
        if rest < 1023.5 { return sign + fixed(rest, 0) + " B" }
        let prefixes = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var index = -1
        while rest >= 1023.5, index + 1 < prefixes.count {
            rest /= 1024
            index += 1
        }
        return sign + fixed(rest, rest < 99.95 ? 1 : 0) + " " + prefixes[index]
    }

    /// A duration by its size: `1.25 ms`, `60.1 s`, `3 min 12 s`, `3 h 12 min`, `2 d 4 h`.
    package static func seconds(_ value: Double, unicode: Bool = true) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value) s" }
        let sign = value < 0 ? "-" : ""
        let magnitude = value.magnitude
        if magnitude == 0 { return "0 s" }
        if magnitude >= 119.5 { return sign + long(Int64(magnitude.rounded())) }
        let units = [(1, "s"), (1e-3, "ms"), (1e-6, unicode ? "µs" : "us"), (1e-9, "ns")]
        // From here on three digits round up to the unit.
        for (unit, name) in units where magnitude / unit >= 0.9995 {
            let scaled = magnitude / unit
            return sign + fixed(scaled, scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0) + " " + name
        }
        return "<1 ns"
    }

    /// A moment by local clocks: `2026-11-23 03:12:00.123`.
    package static func moment(
        _ microseconds: Int64, utcOffset: (_ epochSeconds: Int64) -> Int
    ) -> String {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let offset = Int64(utcOffset(rest < 0 ? seconds - 1 : seconds))
        let local = microseconds.addingReportingOverflow(
            max(-86_400, min(86_400, offset)) * 1_000_000)
        return CivilTime(microseconds: local.overflow ? microseconds : local.partialValue)
            .text(fractionDigits: 3)
    }

    // MARK: Parts

    private static func long(_ seconds: Int64) -> String {
        let minutes = (seconds + 30) / 60
        let hours = (seconds + 1800) / 3600
        if seconds < 3600 { return pair(seconds, 60, "min", "s") }
        return minutes < 1440 ? pair(minutes, 60, "h", "min") : pair(hours, 24, "d", "h")
    }

    private static func pair(
        _ amount: Int64, _ size: Int64, _ large: String, _ small: String
    ) -> String {
        let rest = amount % size
        return "\(amount / size) \(large)" + (rest == 0 ? "" : " \(rest) \(small)")
    }

    private static func grouped(_ digits: String) -> String {
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        return result
    }

    /// A number that is not negative with so many decimals, rounded to the nearest.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        guard let scaled = Int64(exactly: (value * scale).rounded()) else { return "\(value)" }
        guard decimals > 0 else { return String(scaled) }
        let digits = String(scaled)
        let zeros = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count))
        let padded = zeros + digits
        return padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
