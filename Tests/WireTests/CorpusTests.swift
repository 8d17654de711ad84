import Glibc
import Model
import Testing
import Wire

@Suite("The fuzzing corpus")
struct CorpusTests {
    private static let root =
        #filePath.split(separator: "/").dropLast(3)
        .map { "/\($0)" }.joined() + "/Fuzz/corpus"

    private func files(_ folder: String) throws -> [String: [UInt8]] {
        let directory = try #require(opendir("\(Self.root)/\(folder)"))
        defer { closedir(directory) }
        var files: [String: [UInt8]] = [:]
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix("."), let file = fopen("\(Self.root)/\(folder)/\(name)", "r")
            else { continue }
            defer { fclose(file) }
            var content = [UInt8](repeating: 0, count: 1 << 16)
            content.removeLast(content.count - fread(&content, 1, content.count, file))
            files[name] = content
        }
        return files
    }

    @Test("holds a whole dump with every kind of socket, and its end")
    func dump() throws {
        var rows: [SocketRow] = []
        var ends = 0
        for (name, bytes) in try files("netlink") where name.hasPrefix("dump-") {
            let port = bytes[12...15].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let decoder = DiagDecoder(sequence: 7, port: port)
            let reply = decoder.sockets(in: bytes.span.bytes, into: &rows)
            #expect(reply.fault == nil && reply.strangers == 0 && reply.unknown == 0)
            ends += reply.ended ? 1 : 0
        }
        let states = Set(rows.map(\.state.name))
        #expect(states.isSuperset(of: ["ESTAB", "LISTEN", "TIME-WAIT", "FIN-WAIT-2", "SYN-SENT"]))
        #expect(Set(rows.map(\.cookie)).count == rows.count)
        #expect(ends == 1)
    }

    @Test("passes through every decoder", arguments: ["netlink", "proc", "events"])
    func everyFile(folder: String) throws {
        let files = try files(folder)
        #expect(files.count >= 6)
        for content in files.values { HostileInputTests().feed(content) }
    }
}
