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
