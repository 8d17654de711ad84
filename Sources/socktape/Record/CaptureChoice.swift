import ArgumentParser

/// Where sockets are seen, as `--capture` names it.
enum CaptureChoice: String, ExpressibleByArgument, CaseIterable {
    /// The best that the host permits.
    case auto
    /// Walks of the kernel's table alone.
    case dumps
    /// Walks, and the end of each socket by the kernel's destroy messages.
    case closes = "dumps+closes"
    /// Walks, and each change as it happens by a BPF program.
    case events = "dumps+events"
}

/// Which network namespaces are recorded, as `--netns` names them.
enum NamespaceChoice: Equatable, ExpressibleByArgument {
    /// The recorder's own.
    case own
    /// Every one on this host.
    case all
    /// One: by name, path, inode or process id.
    case one(String)

    /// nil for an empty name.
    init?(argument text: String) {
        switch text {
        case "": return nil
        case "self": self = .own
        case "all": self = .all
        default: self = .one(text)
        }
    }

    var defaultValueDescription: String {
        switch self {
        case .own: "self"
        case .all: "all"
        case .one(let name): name
        }
    }
}

/// The share of one processor that events may cost, as `--event-budget` names it.
struct EventBudgetOption: ExpressibleByArgument {
    /// 0 to 1; nil: any.
    let share: Double?

    /// Where nothing else is asked for: 5 %.
    static let usual = EventBudgetOption(share: 0.05)

    private init(share: Double?) { self.share = share }

    /// `off`, or a percentage such as `5%`; nil for anything else.
    init?(argument text: String) {
        if text == "off" {
            share = nil
            return
        }
        let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
        guard let percent = Double(digits), percent > 0, percent <= 100 else { return nil }
        share = percent / 100
    }

    var defaultValueDescription: String {
        share.map { "\(Int(($0 * 100).rounded()))%" } ?? "off"
    }
}
