/// Why a command ends without its answer: one line and a code.
struct Failure: Error {
    var code: ExitCode
    /// "cannot X: Y; try Z", without a line break.
    var message: String

    init(_ code: ExitCode, _ message: String) {
        self.code = code
        self.message = message
    }
}
