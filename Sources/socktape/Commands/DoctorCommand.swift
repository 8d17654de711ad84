import ArgumentParser
import Kernel
import Model
import Rendering

/// What this host lets a recorder see.
struct DoctorCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tell what this host lets a recorder see, and what each lack costs.",
        discussion: """
            Looks at every source once and records nothing. Says which capabilities a source \
            lacks, the setcap line that gives them, and what --capture auto would choose.

            EXAMPLES
              socktape doctor
              sudo -u nobody socktape doctor
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run(in surroundings: Surroundings) throws {
        let page = try Page(output, in: surroundings)
        let privileges = Privileges(
            effective: OwnProcess.capabilities, isRoot: OwnProcess.userID == 0,
            program: OwnProcess.executable ?? "socktape")
        var findings = Checkup(privileges: privileges, tries: .real).look()
        findings.append(file(in: surroundings))
        if page.isForPeople {
            let text = CheckupText(
                findings: findings, privileges: privileges, width: page.width,
                unicode: page.unicode)
            try page.write(text.text)
        } else {
            try page.show(
                ArrayCursor(columns: SourceFinding.columns, rows: findings.map(\.cells)))
        }
        try page.finish()
    }

    private func file(in surroundings: Surroundings) -> SourceFinding {
        let path = database.path(in: surroundings)
        if let holder = surroundings.recorder(path) {
            return SourceFinding(
                "recording", .works, "process \(holder) records into \(path)")
        }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard let free = surroundings.freeBytes(folder.isEmpty ? "/" : folder) else {
            return SourceFinding(
                "recording", .limited, "the folder of \(path) is not there yet",
                remedy: "'socktape record' makes the default folder; make any other one before")
        }
        let room = HumanText.bytes(Double(free))
        return SourceFinding("recording", .works, "\(path): \(room) free on its disk")
    }
}
