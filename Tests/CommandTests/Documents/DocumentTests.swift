import Foundation
import Testing

/// Links, commands, options, configurations and outputs in the documents.
@Suite(.timeLimit(.minutes(20))) struct DocumentTests {
    @Test func documentsAreFound() {
        #expect(Document.all.count > 12)
        #expect(Document.all.contains { $0.path == "docs/architecture.md" && $0.links.count > 10 })
    }

    @Test(arguments: Document.all) func linksLeadSomewhere(_ document: Document) throws {
        let folder = Lookout.checkout.appendingPathComponent(document.path).deletingLastPathComponent()
        for link in document.links where !link.contains("://") {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let target = parts[0].isEmpty ? document.path : Self.path(parts[0], from: folder)
            #expect(
                FileManager.default.fileExists(atPath: Lookout.checkout.appendingPathComponent(target).path),
                "\(document.path): \(link)")
            guard parts.count == 2, target.hasSuffix(".md") else { continue }
            let anchors = try Document(path: target).anchors
            #expect(anchors.contains(parts[1]), "\(document.path): \(link); there are \(anchors.sorted())")
        }
    }

    /// Returns the path from the top of the checkout.
    private static func path(_ link: String, from folder: URL) -> String {
        let path = folder.appendingPathComponent(link).standardizedFileURL.path
        let top = Lookout.checkout.standardizedFileURL.path + "/"
        return path.hasPrefix(top) ? String(path.dropFirst(top.count)) : path
    }

    @Test func theListOfContentsIsComplete() throws {
        let links = Set(try Document(path: "docs/README.md").links)
        let names = try FileManager.default.contentsOfDirectory(
            atPath: Lookout.checkout.appendingPathComponent("docs").path)
        for name in names where name != "README.md" { #expect(links.contains(name), "docs/README.md: \(name)") }
    }

    @Test(arguments: Document.all) func commandsExist(_ document: Document) throws {
        let reference = try CommandReference()
        for command in document.commands {
            let problem = reference.problem(in: command)
            #expect(problem == nil, "\(document.path): `\(command)`: \(problem ?? "")")
        }
    }

    /// Code spans that begin with `--` are options of the program. The changelog also names options of other versions.
    @Test(arguments: Document.all.filter { $0.path != "CHANGELOG.md" }) func optionsExist(_ document: Document) throws {
        let options = try CommandReference().options
        for span in document.codeSpans where span.hasPrefix("--") && !Self.othersOptions.contains(span) {
            for word in span.split(separator: " ") where word.hasPrefix("--") {
                let name = String(word.prefix { $0 != "=" })
                let isOption = options.contains(name)
                #expect(isOption, "\(document.path): `\(span)`")
            }
        }
    }

    /// Options of the project's scripts, and of sbatch.
    private static let othersOptions: Set = ["--checkpoints DIR", "--cpus-per-task", "--mem-per-cpu", "--time"]

    @Test func mistakesAreFound() throws {
        let reference = try CommandReference()
        let wrong = [
            "lookout analyse FILE", "sudo lookout check --prob", "lookout model impart FILE", "make tset",
            "LOOKOUT_ISA=avx2 .build/release/lookout analyze --fsp 2 'a file'", "Scripts/fuzzy 10",
            "lookout help models",
        ]
        for command in wrong { #expect(reference.problem(in: command) != nil, "\(command)") }
        let right = [
            "lookout help COMMAND", "lookout analyze --fps=2 FILE", "sudo lookout model list  # --all",
            "make fuzz SECONDS=60", "journalctl --unit lookout", "sudo systemctl enable --now lookout",
        ]
        for command in right { #expect(reference.problem(in: command) == nil, "\(command)") }
    }

    @Test(.enabled(if: Lookout.hasModel, Lookout.noModel)) func configurationsAreValid() throws {
        let blocks = Document.all.flatMap { document in
            document.blocks.filter { $0.language == "yaml" && $0.lines.contains("sources:") }
        }
        #expect(!blocks.isEmpty)
        for block in blocks {
            let needsDetector = block.lines.contains("model: \(SharedDetector.name)")
            guard !needsDetector || SharedDetector.isThere else { continue }
            try Lookout.withFolder { folder in
                let file = folder + "/lookout.yaml"
                try block.lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
                try "user:secret\n".write(toFile: folder + "/door", atomically: true, encoding: .utf8)
                var environment = ["CREDENTIALS_DIRECTORY": folder]
                if needsDetector {
                    try SharedDetector.imported(to: folder)
                    environment["LOOKOUT_MODELS"] = folder
                }
                let outcome = try Lookout.run("check", file, environment: environment)
                #expect(outcome.status == 0, "\(block.lines): \(outcome.errors)")
            }
        }
    }

    /// The outputs that the documents show for files of the checkout.
    @Test(.enabled(if: Lookout.hasMedia, Lookout.noMedia)) func outputsAreReal() throws {
        let blocks = Document.all.flatMap(\.blocks).filter { block in
            block.language == "console"
                && block.lines[0].contains(/^\$ lookout (analyze --json|classify) .*Media\//)
        }
        #expect(blocks.count >= 2)
        for block in blocks {
            let command = block.lines[0].dropFirst("$ lookout ".count)
            let outcome = try Lookout.run(
                "/bin/sh", ["-c", "cd '\(Lookout.checkout.path)' && exec '\(Lookout.path)' \(command)"])
            #expect(outcome.output == block.lines.dropFirst().map { $0 + "\n" }.joined(), "\(block.lines[0])")
        }
    }
}
