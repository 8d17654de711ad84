import Ledger
import Model

// The namespaces of a host, as they come and go.
extension Recorder {
    /// Namespaces are looked for this often at the most, ns, and no more than one part in so many
    /// of the time is spent on it.
    private static let scanInterval: Int64 = 5_000_000_000
    private static let scanShare: Int64 = 100

    /// Takes up namespaces that are new and ends those that are gone.
    func followNamespaces(at moment: Int64, _ session: inout Session) {
        guard let finder = sources.finder else { return }
        let now = clock.now().boot
        guard now >= session.scanDue else { return }
        let found = finder.scan()
        for facts in found { take(facts, from: finder, at: moment, &session) }
        let alive = Set(found.map(\.cookie))
        for space in session.spaces.dropFirst() where !alive.contains(space.netns) {
            leave(space, at: moment, &session)
        }
        let took = clock.now().boot - now
        session.scanDue = now + max(Self.scanInterval, took * Self.scanShare)
    }

    private func take(
        _ facts: NamespaceFacts, from finder: any NamespaceFinder, at moment: Int64,
        _ session: inout Session
    ) {
        let known = session.space(facts.cookie)
        if let known, known.namespace != nil, known.record.name == facts.name { return }
        let space = known ?? open(facts, at: moment, &session)
        space.record.inode = facts.inode
        space.record.name = facts.name
        session.pending.append(.namespace(space.record))
        guard space.namespace == nil, let namespace = try? finder.enter(facts) else { return }
        enter(space, namespace, &session)
    }

    /// A namespace that only events told of is not missed by a look: it may have come and gone
    /// between two.
    private func leave(_ space: Space, at moment: Int64, _ session: inout Session) {
        guard space.namespace != nil || space.record.firstSeen < moment - 2_000_000 else { return }
        space.record.lastSeen = moment
        session.pending.append(.namespace(space.record))
        let seen = session.lastSampled
        session.pending += space.ledger.endAll(Window(earliest: seen, latest: moment))
        session.pending += space.takeChanges()
        session.close(space)
    }
}
