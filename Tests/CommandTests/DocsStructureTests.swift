import Foundation
import Testing

@Suite("What the documentation says of the repository is so")
struct DocsStructureTests {
    @Test("Links lead to files and headings that exist", arguments: Repository.pages)
    func links(_ page: Page) {
        let base = URL(filePath: "/" + page.name).deletingLastPathComponent()
        for link in page.links where !link.contains("://") && !link.hasPrefix("mailto:") {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let name =
                parts[0].isEmpty
                ? page.name
                : String(base.appending(path: parts[0]).standardizedFileURL.path.dropFirst())
            #expect(Repository.has(name), "\(link) leads nowhere")
            guard parts.count == 2 else { continue }
            let target = Repository.pages.first { $0.name == name }
            #expect(target?.anchors.contains(String(parts[1])) ?? false, "\(link) leads nowhere")
        }
    }

    @Test func `There are pages, and README links to each of docs`() throws {
        let readme = try Page(name: "README.md")
        let names = Repository.manual.map(\.name).filter { !$0.contains("decisions") }
        #expect(names.count > 5)
        for name in names where name != "README.md" {
            #expect(readme.links.contains(name), "README.md does not lead to \(name)")
        }
    }

    @Test func `Each promise of reliability has a test of that name`() throws {
        let files = FileManager.default.enumerator(
            atPath: Repository.root.appending(path: "Tests").path)
        let sources = try (files ?? .init()).compactMap { $0 as? String }
            .filter { $0.hasSuffix(".swift") }.map { try Repository.text("Tests/" + $0) }.joined()
        let rows = try Page(name: "docs/reliability.md").rows
            .filter { $0.count == 2 && $0[1] != "Test" && !$0[1].hasPrefix("`") }
        #expect(rows.count > 20)
        for row in rows {
            let name = row[1].trimmingCharacters(in: ["*"])
            let exists = sources.contains("\"\(name)\"") || sources.contains("`\(name)`")
            #expect(exists, "no test is named: \(name)")
        }
    }

    @Test func `The table of modules is the one that Package.swift builds`() throws {
        let manifest = try Repository.text("Package.swift")
        var products: [String: String] = [:]
        for match in manifest.matches(
            of: /let (\w+) = Target\.Dependency\.product\(\s*name: "(\w+)"/)
        {
            products[String(match.1)] = String(match.2)
        }
        var modules: [String: Set<String>] = [:]
        let pattern =
            /\.(?:executableTarget|target|systemLibrary)\(\s*name: "(\w+)"(?:,\s*(path:|dependencies: \[([^\]]*)\]))?/
        for match in manifest.matches(of: pattern) where match.2 != "path:" {
            let words = (match.3 ?? "").split(separator: /[\s,]+/)
            modules[String(match.1)] = Set(
                words.map { word in
                    products[String(word)] ?? word.trimmingCharacters(in: ["\""])
                })
        }
        // Programs that tests run are no modules.
        modules = modules.filter { !manifest.contains("path: \"Tests/\($0.key)\"") }
        #expect(modules.count > 10)
        let table = try Page(name: "docs/architecture.md").rows
            .filter { $0.count == 3 && $0[0] != "Module" }
        for row in table {
            let name = row[0].replacing("`", with: "")
            let imports = row[2] == "nothing" ? [] : row[2].components(separatedBy: ", ")
            #expect(modules[name] == Set(imports), "\(name)")
        }
        #expect(Set(table.map { $0[0].replacing("`", with: "") }) == Set(modules.keys))
    }
}
