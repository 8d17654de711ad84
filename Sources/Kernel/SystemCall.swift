internal import Glibc

/// The one door to the kernel.
enum SystemCall {
    /// What a call returned, and its errno if that was -1.
    struct Answer {
        var value: Int
        var errno: Int32
        /// Whether the call succeeded.
        var succeeded: Bool { value >= 0 }
    }

    /// Makes a call, again as long as a signal interrupts it, and reads errno at once.
    @inline(__always)
    static func attempt<Number: SignedInteger>(_ body: () -> Number) -> Answer {
        while true {
            let value = Int(body())
            if value >= 0 { return Answer(value: value, errno: 0) }
            let number = errno
            if number != EINTR { return Answer(value: value, errno: number) }
        }
    }

    /// The same, where a failure is an error.
    @inline(__always)
    @discardableResult
    static func perform<Number: SignedInteger>(
        _ call: StaticString, on object: @autoclosure () -> String, _ body: () -> Number
    ) throws(KernelError) -> Int {
        let answer = attempt(body)
        guard answer.succeeded else {
            throw KernelError(call: "\(call)", object: object(), errno: answer.errno)
        }
        return answer.value
    }
}
