import Glibc
import Kernel
import Model
import Testing

@Suite("The kernel's events of a deed")
struct EventsOriginTests {
    /// Field 22 of /proc/self/stat.
    private func startTicks() throws -> UInt64 {
        let text = SpawnedProcess.text("/proc/self/stat")
        let fields = text[(try #require(text.lastIndex(of: ")")))...].split(separator: " ")
        return try #require(UInt64(fields[20]))
    }

    private func name(_ comm: (low: UInt64, high: UInt64)) -> String {
        let octets = [comm.low, comm.high].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
        return String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
    }

    @Test("carry the process that did it, and nothing carries one that did not")
    func origin() throws {
        var ends: (client: UInt64, server: UInt64) = (0, 0)
        var thread = ""
        let tape = try EventsTape {
            thread = SpawnedProcess.text("/proc/thread-self/comm")
            let connection = try LoopbackConnection()
            ends = (connection.client.cookie, connection.server.cookie)
            connection.client.finish()
            usleep(5_000)
            connection.server.finish()
        }
        let own = ProcessIdentity(pid: getpid(), startTicks: try startTicks())
        let deeds = [
            try tape.event("UNCONN>SYN-SENT", of: ends.client),
            try tape.event("ESTAB>FIN-WAIT-1", of: ends.client),
            try tape.event("CLOSE-WAIT>LAST-ACK", of: ends.server),
        ]
        for deed in deeds {
            let origin = try #require(deed.origin)
            #expect(origin.process == own)
            #expect(name(origin.comm) + "\n" == thread)
        }
        let all = tape.of(ends.client) + tape.of(ends.server)
        #expect(all.count { $0.origin != nil } == 3)
    }

    @Test("carry the server's handshake, from the SYN-ACK to its answer", arguments: [false, true])
    func handshake(timestamps: Bool) throws {
        let (event, truth) = try opened(
            EventsScripts.handshake(seconds: 0.03, timestamps: timestamps))
        let measured = try #require(event.handshakeMicroseconds)
        // The script sees the SYN-ACK a little after the kernel sent it.
        let range = 30_000...truth + 20_000
        #expect(range.contains(UInt64(measured)), "\(measured) of \(truth)")
    }

    @Test("carry no handshake that the kernel can only guess at")
    func guessed() throws {
        for (answered, cookies) in [(2, false), (1, true)] {
            let (event, _) = try opened(
                EventsScripts.handshake(
                    seconds: 0.03, timestamps: true, answered: answered, cookies: cookies))
            #expect(event.handshakeMicroseconds == nil)
        }
    }

    /// The end of the handshake that a script made, and what it measured of it, µs.
    private func opened(_ script: String) throws -> (KernelEvent, UInt64) {
        var text = ""
        let tape = try EventsTape { text = try output(of: script) }
        let numbers = text.split(separator: "\n").compactMap { UInt64($0) }
        try #require(numbers.count == 2, "\(text)")
        return (try tape.event("SYN-RECV>ESTAB", of: numbers[0]), numbers[1])
    }
}
