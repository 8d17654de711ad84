import Glibc

/// A setting of this process's network namespace, changed and put back.
struct Setting {
    private let path: String
    private let before: String

    /// Changes it; the name is that below /proc/sys/net, such as `ipv4/tcp_fin_timeout`.
    init(_ name: String, _ value: String) throws {
        path = "/proc/sys/net/\(name)"
        before = try Self.read(path)
        try Self.write(value, path)
    }

    /// Puts back what was there.
    func restore() throws { try Self.write(before, path) }

    private static func read(_ path: String) throws -> String {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw Failure(call: "read", on: path) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = max(0, Glibc.read(file, &bytes, bytes.count))
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private static func write(_ value: String, _ path: String) throws {
        let file = open(path, O_WRONLY)
        guard file >= 0 else { throw Failure(call: "open", on: path) }
        defer { close(file) }
        let bytes = Array(value.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw Failure(call: "write '\(value)' to", on: path)
        }
    }
}
