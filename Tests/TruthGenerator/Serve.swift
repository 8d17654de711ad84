import Glibc

/// A keeper in another process, told what to do through a pipe.
final class RemoteKeeper: Keeper {
    private let child: Child

    /// Starts the process, in another network namespace if one is named.
    init(netns: String? = nil) throws { child = try Child(["serve"], netns: netns) }

    var pid: Int32 { child.pid }

    func perform(_ order: Order) throws -> Reply {
        child.send(order.joined(separator: " "))
        let line = try child.receive()
        let numbers = line.split(separator: " ").compactMap { Int64($0) }
        guard numbers.count >= 3 else { throw Failure(line) }
        return Reply(
            bracket: Bracket(before: numbers[0], after: numbers[1]), code: Int32(numbers[2]),
            values: numbers.dropFirst(3).map { Int($0) })
    }

    /// Ends the process.
    func finish() { child.finish() }
}

/// The other side of `RemoteKeeper`.
enum Serve {
    /// Takes orders from standard input until it ends.
    static func run() throws {
        let keeper = SocketKeeper()
        while let line = readLine() {
            let order = line.split(separator: " ").map(String.init)
            do {
                let reply = try keeper.perform(order)
                let numbers =
                    [reply.bracket.before, reply.bracket.after, Int64(reply.code)]
                    + reply.values.map(Int64.init)
                Output.line(numbers.map(String.init).joined(separator: " "))
            } catch {
                Output.line("\(error)")
            }
        }
    }
}
