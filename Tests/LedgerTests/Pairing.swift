import Ledger
import Model

/// Recorded connections and true lives, matched by names and times alone.
struct Pairing: Sendable {
    /// The records of each life.
    var records: [[ConnectionRecord]]
    /// Records that are no life at all.
    var invented: [ConnectionRecord] = []

    init(_ rehearsal: Outcome) {
        let lives = rehearsal.kernel.lives
        records = Array(repeating: [], count: lives.count)
        var byCookie: [UInt64: [Int]] = [:]
        for (index, life) in lives.enumerated() {
            byCookie[life.cookie, default: []].append(index)
            byCookie[life.otherCookie, default: []].append(index)
        }
        for (index, life) in lives.enumerated() where life.telling.netns == 1 {
            byCookie[0, default: []].append(index)
        }
        for record in rehearsal.records.values.sorted(by: { $0.id < $1.id }) {
            let fitting = (byCookie[record.cookie] ?? []).filter {
                Self.fits(record, lives[$0])
            }
            // Lives that share cookie and 4-tuple come one after the other; of one that was over
            // before the recording there is nothing to record.
            let free = fitting.first {
                let evidence = rehearsal.evidence[$0]
                return records[$0].isEmpty && (evidence.isHeard || evidence.isShown)
            }
            if let life = free ?? fitting.first {
                records[life].append(record)
            } else {
                invented.append(record)
            }
        }
    }

    private static func fits(_ record: ConnectionRecord, _ life: TrueLife) -> Bool {
        let known = life.tuple
        let unknown = IPAddress(ipv4: 0)
        guard
            record.tuple.peer == known.peer || record.tuple.peer.port == 0
                || record.tuple.peer.address == unknown,
            record.tuple.local.port == known.local.port || record.tuple.local.port == 0
        else { return false }
        return (record.attempted.earliest ?? .min) <= life.gone
            && (record.closed.latest ?? record.attempted.latest ?? .max) >= life.attempted
    }
}
