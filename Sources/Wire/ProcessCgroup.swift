/// Where /proc/PID/cgroup places a process (cgroups(7)), and what the path names.
package struct ProcessCgroup: Equatable, Sendable {
    /// The path in the unified hierarchy; that of systemd's own where there is none.
    package var path: String?
    /// The systemd unit: the innermost service or scope, else the innermost slice.
    package var unit: String?
    /// The id of a container of Docker, Podman, containerd or CRI-O.
    package var container: String?

    package init(_ text: [UInt8]) {
        var unified: String?
        var systemd: String?
        for line in ProcText.lines(text) {
            let parts = line.split(
                separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            if parts[0].elementsEqual("0".utf8), parts[1].isEmpty {
                unified = ProcText.string(parts[2])
            } else if parts[1].elementsEqual("name=systemd".utf8) {
                systemd = ProcText.string(parts[2])
            }
        }
        path = unified ?? systemd
        let paths = [unified, systemd].compactMap { $0?.split(separator: "/") }
        unit = paths.lazy.compactMap(Self.unit).first
        container = paths.lazy.compactMap { $0.lazy.compactMap(Self.container).last }.first
    }

    private static func unit(_ components: [Substring]) -> String? {
        let found =
            components.last { $0.hasSuffix(".service") || $0.hasSuffix(".scope") }
            ?? components.last { $0.hasSuffix(".slice") }
        return found.map(String.init)
    }

    /// `docker-ID.scope`, `libpod-ID.scope`, `cri-containerd-ID.scope`, `crio-ID.scope`, or a
    /// directory that bears an id as its name, as below `docker` and `kubepods`.
    private static func container(_ component: Substring) -> String? {
        let name = component.hasSuffix(".scope") ? component.dropLast(6) : component
        let engine = ["docker-", "libpod-", "cri-containerd-", "crio-"].first { name.hasPrefix($0) }
        let id = name.dropFirst(engine?.count ?? 0)
        return isIdentifier(id) ? String(id) : nil
    }

    /// Sixty-four lower case hexadecimal digits.
    private static func isIdentifier(_ text: Substring) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
