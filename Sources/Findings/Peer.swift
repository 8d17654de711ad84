/// Names of ends as people write them.
enum Peer {
    /// `192.0.2.1:443`, `[2001:db8::1]:443`; a star for what is not known.
    static func text(_ address: String?, _ port: Int64?) -> String {
        let host = address.map { $0.contains(":") ? "[\($0)]" : $0 } ?? "*"
        return host + ":" + (port.map { String($0) } ?? "*")
    }

    /// ` in blue` where a namespace has a name, else nothing.
    static func place(_ namespace: String?) -> String {
        guard let namespace, namespace.contains(where: { !$0.isNumber }) else { return "" }
        return " in \(namespace)"
    }

    /// `nginx`, or that it is not known.
    static func owner(_ name: String?) -> String { name ?? "an unknown process" }
}
