/// Handshakes that were not complete, in one namespace.
package struct HalfOpen: Sendable {
    package var namespace: String?
    /// The most at once and when, by samples.
    package var most: Int64
    package var peak: Int64?
    /// tcp_max_syn_backlog and somaxconn; nil where they were not recorded.
    package var backlog: Int64?
    package var somaxconn: Int64?
    package var cookies: Int64?
    /// Of the samples that met many: how many they were, how many handshakes they met on average,
    /// the first and last, and the connections accepted between these.
    package var samples: Int64
    package var mean: Double?
    package var from: Int64?
    package var until: Int64?
    package var accepted: Int64?

    package init(
        namespace: String? = nil, most: Int64, peak: Int64?, backlog: Int64?, somaxconn: Int64?,
        cookies: Int64? = nil, samples: Int64, mean: Double?, from: Int64?, until: Int64?,
        accepted: Int64?
    ) {
        self.namespace = namespace
        self.most = most
        self.peak = peak
        self.backlog = backlog
        self.somaxconn = somaxconn
        self.cookies = cookies
        self.samples = samples
        self.mean = mean
        self.from = from
        self.until = until
        self.accepted = accepted
    }

    init?(_ row: SeenRow) {
        guard let most = row.integer("most") else { return nil }
        self.init(
            namespace: row.text("namespace"), most: most, peak: row.integer("peak_us"),
            backlog: row.integer("tcp_max_syn_backlog"), somaxconn: row.integer("somaxconn"),
            cookies: row.integer("tcp_syncookies"), samples: row.integer("samples") ?? 0,
            mean: row.real("mean"), from: row.integer("from_us"), until: row.integer("until_us"),
            accepted: row.integer("accepted"))
    }
}
