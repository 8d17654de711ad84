import Expressions
import Model

/// Feeds whatever libFuzzer makes up to every grammar. Nothing may trap or hang; what is read means
/// the same when it is written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzExpressions(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    if let duration = accepted({ try DurationExpression(text) }) {
        let again = accepted { try DurationExpression(duration.description) }
        precondition(again == duration, "a duration is not what it says")
    }
    if let pattern = accepted({ try EndpointPattern(text) }) {
        let again = accepted { try EndpointPattern(pattern.description) }
        precondition(again == pattern, "an endpoint is not what it says")
    }
    _ = accepted { try StateSelection([text]) }
    _ = AddressPrefix.holds(address: text, prefix: text, length: Int64(count))
    fuzzTime(text)
    return 0
}

/// An hour of Berlin's autumn that clocks showed twice, and a clock that stepped there and back.
private let night = TimeContext(
    first: 1_792_879_200_000_000, last: 1_792_911_600_000_000,
    shown: [
        1_792_879_200_000_000...1_792_890_000_000_000, 20_000_000...90_000_000,
        1_792_886_400_000_000...1_792_911_600_000_000,
    ], now: 1_792_911_600_000_000
) { $0 < 1_792_890_000 ? 7200 : 3600 }

private func fuzzTime(_ text: String) {
    guard let time = accepted({ try TimeExpression(text) }) else { return }
    for outside in [false, true] {
        _ = accepted { try time.resolve(in: night, allowingOutside: outside) }
    }
    if let range = accepted({ try TimeRange(since: text, until: nil, in: night) }) {
        precondition(range.since <= range.until, "a range ends before it begins")
    }
    _ = accepted { try TimeRange(since: "03:12", until: text, in: night) }
}

private func accepted<Value>(_ read: () throws -> Value) -> Value? {
    do {
        return try read()
    } catch {
        precondition(!"\(error)".contains("\n"), "a message of two lines")
        return nil
    }
}
