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
    /// The errno of connect.
    var code: Int32 = 0

    /// The names of the columns.
    static let header = """
        name,family,client_address,client_port,server_address,server_port,client_pid,server_pid,\
        closer,connect_before_us,connect_after_us,accept_before_us,accept_after_us,\
        first_close_before_us,first_close_after_us,second_close_before_us,second_close_after_us,\
        ended_before_us,ended_after_us,errno
        """

    /// The line; what did not happen is empty.
    var line: String {
        let brackets = [connected, accepted, firstClose, secondClose, ended]
        let times = brackets.map { $0.map { "\($0.before),\($0.after)" } ?? "," }
        return """
            \(name),\(family),\(clientAddress),\(clientPort),\(serverAddress),\(serverPort),\
            \(clientPid),\(serverPid),\(closer),\(times.joined(separator: ",")),\(code)
            """
    }
}
