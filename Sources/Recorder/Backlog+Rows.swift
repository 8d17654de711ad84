import Model

// What a backlog needs to know of what waits in it.

/// The row that a change writes; nil for what is written once.
struct RowName: Hashable {
    private let kind: Int
    private let first: Int64
    private let second: Int64

    init?(_ change: Change) {
        let name: (kind: Int, first: Int64, second: Int64)
        switch change {
        case .alive(let record): name = (0, record.id, 0)
        case .ended(let record): name = (0, record.id, 0)
        case .owner(let record): name = (1, record.connection, record.process)
        case .listener(let record): name = (2, record.id, 0)
        case .datagram(let record): name = (3, record.id, 0)
        case .process(let record): name = (4, record.id, 0)
        case .descriptors(let record): name = (5, record.id, 0)
        case .limit(let record): name = (6, record.id, 0)
        case .namespace(let record): name = (7, Int64(bitPattern: record.netns), 0)
        case .source(let record): name = (8, record.id, 0)
        case .missed, .clockStep, .gap: return nil
        }
        (kind, first, second) = name
    }

    /// Whether rows of other tables name it.
    var isReferredTo: Bool { kind == 4 }
}

extension Change {
    /// About what it takes of memory.
    var octets: Int {
        let own = MemoryLayout<Change>.stride
        return switch self {
        case .alive(let record), .ended(let record):
            own + record.spans.count * MemoryLayout<SpanRecord>.stride
                + (record.timeWait == nil ? 0 : MemoryLayout<TimeWaitRecord>.stride)
        case .process: own + 256
        default: own + 64
        }
    }

    /// The connection that it is about.
    var connection: Int64? {
        switch self {
        case .alive(let record), .ended(let record): record.id
        case .owner(let record): record.connection
        case .missed(_, let connection): connection
        default: nil
        }
    }

    /// Itself in the place of an older row that was not written: stays that only the older one
    /// would have written are still to be.
    func replacing(_ older: Change) -> Change {
        switch (self, older) {
        case (.alive(var record), .alive(let old)):
            record.firstDirtySpan = min(record.firstDirtySpan, old.firstDirtySpan)
            return .alive(record)
        case (.ended(var record), .alive(let old)), (.ended(var record), .ended(let old)):
            record.firstDirtySpan = min(record.firstDirtySpan, old.firstDirtySpan)
            return .ended(record)
        default: return self
        }
    }
}

extension ConnectionRecord {
    /// The first moment at which it is known to have been there.
    var beginning: Int64? {
        [attempted.latest, opened.latest, closed.latest].compactMap(\.self).min()
    }
}

extension SampleRecord {
    /// Takes back that an attempt was recorded. What began before the recording never counted.
    mutating func uncount(_ record: ConnectionRecord) {
        let began = record.role == .client ? record.attempted : record.opened
        guard (began == .unknown ? record.attempted : began).earliest != nil,
            let place = namespaces.firstIndex(where: { $0.netns == record.netns })
        else { return }
        switch record.role {
        case .client: namespaces[place].recordedActive -= 1
        case .server: namespaces[place].recordedPassive -= 1
        case .unknown: namespaces[place].recordedUnattributed -= 1
        }
    }

    /// What an earlier sample, which is left away, counted.
    mutating func takeCounts(of earlier: SampleRecord) {
        for part in earlier.namespaces {
            guard let place = namespaces.firstIndex(where: { $0.netns == part.netns }) else {
                continue
            }
            namespaces[place].recordedActive += part.recordedActive
            namespaces[place].recordedPassive += part.recordedPassive
            namespaces[place].recordedUnattributed += part.recordedUnattributed
        }
    }
}
