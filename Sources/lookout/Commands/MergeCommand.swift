import Archive
import ArgumentParser
import Basics
import Events

/// `lookout merge`: one project folder from those of several machines.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Join project folders of several machines into one.",
        discussion: """
            After `lookout analyze --into PART --shard I/N` on each machine. The folders are not changed. A merge may be \
            repeated: recordings that are there already are left alone.
            """)

    @Option(help: "Project folder to add to; it is created if it does not exist.", completion: .directory)
    var into: String

    @Flag(help: "Print the summary as JSON.")
    var json = false

    @Argument(help: "Project folders to add.", completion: .directory)
    var folders: [String]

    func run() throws {
        // All are opened before anything is written.
        let sources = try folders.map { try ProjectFolder.open($0) }
        let merge = ProjectMerge(into: try ProjectFolder.create(into))
        var sum = ProjectMerge.Summary()
        for source in sources {
            let part = try merge.add(source)
            sum.added += part.added
            sum.known += part.known
            sum.incomplete += part.incomplete
            if part.incomplete > 0 {
                Terminal.complain(
                    "warning: \(source.path): \(count(part.incomplete, "recording")) not complete; analyze there again, then merge again"
                )
            }
        }
        guard json else {
            let known = sum.known > 0 ? ", \(sum.known) there before" : ""
            return try Output.write("\(count(sum.added, "recording")) added\(known)")
        }
        var line = JSONLine()
        line.add("added", sum.added)
        line.add("there_before", sum.known)
        line.add("incomplete", sum.incomplete)
        try Output.write(line)
    }
}
