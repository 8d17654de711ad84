/// How clients reach their server.
enum Family: String, CaseIterable {
    case ipv4, ipv6, dual

    /// What the options name; IPv4 without.
    init(_ options: Options) {
        self = options.has("ipv6") ? .ipv6 : options.has("dual-stack") ? .dual : .ipv4
    }

    /// Where clients connect to.
    var address: String { self == .ipv6 ? "::1" : "127.0.0.1" }

    /// Where the server listens; `*` is every address of both families.
    var listenAddress: String { self == .dual ? "*" : address }
}

/// Where the ends of one family live.
struct Route {
    let family: Family
    let client: String
    let server: String
    /// Where the server listens.
    let listen: String

    /// Loopback, or what `--from`, `--to`, `--from6` and `--to6` say.
    init(_ family: Family, _ options: Options) {
        let mark = family == .ipv6 ? "6" : ""
        self.family = family
        client = options.text("from" + mark) ?? family.address
        server = options.text("to" + mark) ?? family.address
        listen = family == .dual ? "*" : server
    }
}
