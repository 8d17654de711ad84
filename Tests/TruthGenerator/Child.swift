import Glibc

/// This program again as another process, with its standard input and output held here. It ends
/// when its input does.
final class Child {
    let pid: Int32
    private let input: Int32
    private let output: UnsafeMutablePointer<FILE>

    /// Starts it, in another network namespace if one is named.
    init(_ arguments: [String], netns: String? = nil) throws {
        var orders: [Int32] = [0, 0]
        var replies: [Int32] = [0, 0]
        guard pipe(&orders) == 0, pipe(&replies) == 0 else {
            throw Failure(call: "make", on: "a pipe")
        }
        for end in orders + replies { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let program = try Self.program()
        let words = netns.map { ["nsenter", "--net=\($0)", program] + arguments }
        pid = try Self.spawn(
            netns == nil ? program : "/usr/bin/nsenter", words ?? [program] + arguments,
            input: orders[0], output: replies[1])
        close(orders[0])
        close(replies[1])
        input = orders[1]
        guard let stream = fdopen(replies[0], "r") else {
            throw Failure(call: "open", on: "a pipe")
        }
        output = stream
    }

    /// Writes a line to the child.
    func send(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(input, bytes, bytes.count)
    }

    /// The child's next line.
    func receive() throws -> String {
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        guard getline(&line, &capacity, output) > 0, let line else {
            throw Failure("process \(pid) said nothing more")
        }
        return String(String(cString: line).dropLast())
    }

    /// Ends its input and waits for it.
    func finish() {
        close(input)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// Runs another program to its end; the first word names it by its path.
    static func call(_ words: [String]) throws {
        let pid = try spawn(words[0], words, input: 0, output: 2)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        guard status == 0 else { throw Failure("\(words.joined(separator: " ")) failed") }
    }

    private static func program() throws -> String {
        var path = [CChar](repeating: 0, count: 4096)
        guard readlink("/proc/self/exe", &path, path.count - 1) > 0 else {
            throw Failure(call: "read", on: "/proc/self/exe")
        }
        return String(decoding: path.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }

    private static func spawn(
        _ path: String, _ words: [String], input: Int32, output: Int32
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: Int32 = 0
        guard posix_spawn(&pid, path, &actions, nil, &arguments, environ) == 0 else {
            throw Failure("cannot start \(path)")
        }
        return pid
    }
}
