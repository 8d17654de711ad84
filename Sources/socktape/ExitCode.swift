/// How a command ended, after sysexits.h.
enum ExitCode: Int32, CaseIterable {
    case success = 0
    case findings = 1
    case usage = 64
    case data = 65
    case noInput = 66
    case nothingRecorded = 69
    case cannotCreate = 73
    case inputOutput = 74
    case busy = 75
    case permission = 77
    case interrupted = 130

    /// What it means to a person.
    var meaning: String {
        switch self {
        case .success: "done; also when the reader of a pipe went away"
        case .findings: "findings at or above --fail-on"
        case .usage: "wrong usage, an expression that cannot be read, an SQL error"
        case .data: "not a recording, of a newer version, damaged, or found damaged by check"
        case .noInput: "no such file"
        case .nothingRecorded: "nothing was recorded in that range"
        case .cannotCreate: "a file cannot be created"
        case .inputOutput: "reading or writing failed, a full disk for one"
        case .busy: "another program holds the file, or --timeout is over"
        case .permission: "not permitted, or SQL that writes"
        case .interrupted: "Ctrl-C"
        }
    }

    /// Every code with its meaning, a line each, for `--help`.
    static let table = allCases.map { code in
        let number = String(code.rawValue)
        return "  " + String(repeating: " ", count: 3 - number.count) + number + "  " + code.meaning
    }.joined(separator: "\n")
}
