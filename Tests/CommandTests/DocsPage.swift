import Foundation
import Testing

/// This repository's files.
enum Repository {
    /// Its folder.
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// A file's text.
    static func text(_ name: String) throws -> String {
        try String(contentsOf: root.appending(path: name), encoding: .utf8)
    }

    /// Whether there is a file or folder of this name.
    static func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: name).path)
    }

    /// Every Markdown file that people are meant to read.
    static let pages: [Page] = {
        let outside = ["Goldens", ".build"]
        let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
        return (names ?? []).filter { name in
            name.hasSuffix(".md")
                && !name.split(separator: "/").contains { part in
                    outside.contains { part.hasPrefix($0) }
                }
        }.sorted().compactMap { try? Page(name: $0) }
    }()

    /// README.md and docs/, which tell how to use it.
    static var manual: [Page] {
        pages.filter { $0.name == "README.md" || $0.name.hasPrefix("docs/") }
    }
}

/// A Markdown file.
struct Page: Sendable, CustomTestStringConvertible {
    /// A block between fences.
    struct Fence: Sendable {
        /// The word after the opening fence.
        var language: String
        /// Its lines.
        var lines: [String] = []
    }

    /// Its path within the repository.
    let name: String
    /// Its blocks between fences.
    private(set) var fences: [Fence] = []
    /// Its lines outside of fences.
    private(set) var lines: [String] = []

    var testDescription: String { name }

    init(name: String) throws {
        self.name = name
        var open: Fence?
        for line in try Repository.text(name).components(separatedBy: "\n") {
            let mark = line.drop { $0 == " " }
            guard mark.hasPrefix("```") else {
                if open == nil { lines.append(line) } else { open?.lines.append(line) }
                continue
            }
            if let done = open { fences.append(done) }
            open = open == nil ? Fence(language: String(mark.dropFirst(3))) : nil
        }
        if let open { fences.append(open) }
    }

    /// Code within the lines of its prose.
    var codes: [String] {
        lines.joined(separator: "\n").matches(of: /`([^`]+)`/)
            .map { String($0.1.replacing("\n", with: " ").replacing("\\|", with: "|")) }
    }

    /// Where its links lead.
    var links: [String] {
        let prose = lines.joined(separator: "\n").replacing(/`[^`]+`/, with: "")
        return prose.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
            + prose.matches(of: /(?m)^\[[^\]]+\]:\s*(\S+)/).map { String($0.1) }
    }

    /// The names by which links lead to its headings, as GitHub makes them.
    var anchors: Set<String> {
        Set(
            lines.filter { $0.hasPrefix("#") }.map { line in
                let heading = line.drop { $0 == "#" || $0 == " " }.lowercased()
                return heading.replacing(" ", with: "-").filter {
                    $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_"
                }
            })
    }

    /// The cells of its tables' rows, heads and rules left out.
    var rows: [[String]] {
        lines.filter { $0.hasPrefix("| ") && !$0.hasPrefix("| -") }.map { line in
            line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }
}
