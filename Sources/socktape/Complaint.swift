import ArgumentParser
import Expressions
import Kernel
import Queries
import Recorder
import Rendering
import Store

/// What is said to a person when a command fails, and the code that goes with it. The one place
/// that turns errors into exit codes.
struct Complaint {
    let code: ExitCode
    /// nil when there is nothing to say.
    private let message: String?
    /// Help and the like: wanted, so it goes to standard output.
    private var isWanted = false

    init(_ error: any Error) {
        switch error {
        case let error as Failure: (code, message) = (error.code, error.message)
        case let error as ExpressionError:
            code = error.kind == .syntax ? .usage : .nothingRecorded
            message = error.description
        case let error as QueryError: (code, message) = (Self.code(error), error.description)
        case let error as StoreError: (code, message) = (Self.code(error), "\(error)")
        case let error as FileLock.Refusal: (code, message) = (Self.code(error), "\(error)")
        case let error as BacklogOverrun: (code, message) = (.inputOutput, "\(error)")
        case let error as KernelError where error.isClosedPipe: (code, message) = (.success, nil)
        case let error as KernelError: (code, message) = (Self.code(error), "\(error)")
        default:
            let isClean = Socktape.exitCode(for: error).isSuccess
            code = isClean ? .success : .usage
            message = isClean ? Socktape.fullMessage(for: error) : Self.usage(error)
            isWanted = isClean
        }
    }

    /// Says it, and gives the code.
    func deliver() -> ExitCode {
        guard let message else { return code }
        if isWanted {
            do {
                let output = try OutputFile.standardOutput()
                try output.write(message + "\n")
                try output.commit()
            } catch {
                return Complaint(error).deliver()
            }
        } else {
            let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
            Terminal.complain("socktape: \(SafeText.visible(line))\n")
        }
        return code
    }

    /// A usage error in one line that names the help to read.
    private static func usage(_ error: any Error) -> String {
        var message = Socktape.message(for: error)
        if message.hasSuffix(".") { message.removeLast() }
        let start = "cannot read the command line: \(message)"
        let full = Socktape.fullMessage(for: error)
        guard let opening = full.firstRange(of: "See '"),
            let closing = full[opening.upperBound...].firstIndex(of: "'")
        else { return start + "; try 'socktape --help'" }
        let help = full[opening.upperBound..<closing]
        return (lack(message, help) ?? start) + "; try '\(help)'"
    }

    /// What is said where a report has no such option for a reason.
    private static func lack(_ message: String, _ help: Substring) -> String? {
        let words = help.split(separator: " ")
        guard let quote = message.firstRange(of: "Unknown option '"), words.count > 2,
            words[1] == "report"
        else { return nil }
        let option = message[quote.upperBound...].prefix { $0 != "'" }
        let report = String(words[2])
        return LackingOptions.reason(report, String(option)).map {
            "cannot read the command line: report \(report) has no \(option): \($0)"
        }
    }

    private static func code(_ error: QueryError) -> ExitCode {
        switch error.kind {
        case .statement, .noSuchView: .usage
        case .writes, .permission: .permission
        case .damaged: .data
        case .input: .inputOutput
        case .busy, .timeout: .busy
        case .interrupted: .interrupted
        case .nothingRecorded: .nothingRecorded
        }
    }

    private static func code(_ error: StoreError) -> ExitCode {
        switch error.kind {
        case .missing: .noInput
        case .empty, .notADatabase, .foreign, .newer, .older, .damaged, .altered: .data
        case .notPermitted where error.action != "read": .cannotCreate
        case .unreadable, .needsWriteAccess, .notPermitted: .permission
        case .cannotCreate, .targetExists: .cannotCreate
        case .busy: .busy
        case .full, .limited, .inputOutput, .displaced, .refused: .inputOutput
        case .cancelled: .interrupted
        }
    }

    private static func code(_ error: FileLock.Refusal) -> ExitCode {
        switch error {
        case .held: .busy
        case .failed(let error): code(error)
        }
    }

    private static func code(_ error: KernelError) -> ExitCode {
        if error.call == "create" { return .cannotCreate }
        if error.call == "find" { return .noInput }
        return error.isDenial ? .permission : .inputOutput
    }
}
