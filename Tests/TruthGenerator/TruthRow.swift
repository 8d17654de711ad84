/// The truth about one connection, or one attempt: a line of CSV.
struct TruthRow {
    /// What is done to it, such as `client_first`.
    var name: String
    /// How the client reaches the server: ipv4, ipv6, or dual for IPv4 to a dual-stack listener.
    var family: String
    var clientAddress: String
    var clientPort = 0
    var serverAddress: String
    var serverPort = 0
    var clientPid: Int32 = 0
    var serverPid: Int32 = 0
    /// client, server or both.
    var closer = ""
    var connected: Bracket?
    var accepted: Bracket?
    /// Around the first close, shutdown or reset.
    var firstClose: Bracket?
    /// Around the other end's.
    var secondClose: Bracket?
    /// Around the call that made the last end leave its connected states.
    var ended: Bracket?
    /// The errno of connect, or the one that an end without a call brought.
    var code: Int32 = 0
    /// Payload octets that the client sent and the server read, and the other way; nil where none
    /// can say.
    var clientSent: Int?
    var serverSent: Int?
    /// Around what ended the first closer's TIME_WAIT early.
    var cut: Bracket?

    /// The names of the columns.
    static let header = """
        name,family,client_address,client_port,server_address,server_port,client_pid,server_pid,\
        closer,connect_before_us,connect_after_us,accept_before_us,accept_after_us,\
        first_close_before_us,first_close_after_us,second_close_before_us,second_close_after_us,\
        ended_before_us,ended_after_us,errno,client_sent,server_sent,cut_before_us,cut_after_us
        """

    /// The line; what did not happen is empty.
    var line: String {
        let brackets = [connected, accepted, firstClose, secondClose, ended]
        let times = brackets.map(Self.cells)
        let payload = [clientSent, serverSent].map { $0.map(String.init) ?? "" }
        return """
            \(name),\(family),\(clientAddress),\(clientPort),\(serverAddress),\(serverPort),\
            \(clientPid),\(serverPid),\(closer),\(times.joined(separator: ",")),\(code),\
            \(payload.joined(separator: ",")),\(Self.cells(cut))
            """
    }

    private static func cells(_ bracket: Bracket?) -> String {
        bracket.map { "\($0.before),\($0.after)" } ?? ","
    }
}
