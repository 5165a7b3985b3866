import Foundation

/// Subcommands and options of the program, and targets of the Makefile, that documents may name.
struct CommandReference {
    /// Command with its options, as `--experimental-dump-help` describes it.
    private final class Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                let kind: String
                let name: String
            }

            let names: [Name]?
        }

        let commandName: String
        let arguments: [Argument]?
        let subcommands: [Command]?

        var options: Set<String> {
            Set((arguments ?? []).flatMap { $0.names ?? [] }.map { ($0.kind == "long" ? "--" : "-") + $0.name })
        }

        func subcommand(_ name: String) -> Command? { subcommands?.first { $0.commandName == name } }

        var allOptions: Set<String> {
            (subcommands ?? []).reduce(options) { $0.union($1.allOptions) }
        }
    }

    private struct Dump: Decodable { let command: Command }

    private let program: Command
    private let makeTargets: Set<String>

    init() throws {
        let dump = try Lookout.run("--experimental-dump-help")
        program = try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
        let makefile = try String(contentsOf: Lookout.checkout.appendingPathComponent("Makefile"), encoding: .utf8)
        makeTargets = Set(
            makefile.components(separatedBy: "\n").compactMap { $0.firstMatch(of: /^([a-z][a-z -]*):(?!=)/)?.1 }
                .flatMap { $0.split(separator: " ").map(String.init) })
    }

    /// Options of all subcommands.
    var options: Set<String> { program.allOptions }

    /// Returns what is wrong with a command line, or `nil`. Commands of other programs are not judged.
    func problem(in line: String) -> String? {
        var words = Self.words(line)
        while let word = words.first, word == "sudo" || word.contains(/^[A-Z_]+=/) { words.removeFirst() }
        guard let name = words.first else { return nil }
        let arguments = Array(words.dropFirst())
        if name == "lookout" || name.hasSuffix("/lookout") { return problemOfLookout(arguments) }
        if name == "make" { return problemOfMake(arguments) }
        let folders = ["Scripts/", "Tests/", "Sources/", "Benchmarks/", "Config/", "Service/", "docs/"]
        guard folders.contains(where: name.hasPrefix), !name.contains("*") else { return nil }
        let isThere = FileManager.default.fileExists(atPath: Lookout.checkout.appendingPathComponent(name).path)
        return isThere ? nil : "\(name) does not exist"
    }

    private func problemOfLookout(_ arguments: [String]) -> String? {
        var arguments = arguments[...]
        if arguments.first == "help" { arguments = arguments.dropFirst() }
        var command = program
        while let name = arguments.first, !name.hasPrefix("-"), command.subcommands?.isEmpty == false {
            // A word in capitals or angle brackets stands for any subcommand.
            if name == name.uppercased() { return nil }
            guard let next = command.subcommand(name) else { return "there is no subcommand \(name)" }
            command = next
            arguments = arguments.dropFirst()
        }
        let options = command.options
        let unknown = arguments.filter { $0.contains(/^--?[a-z]/) }
            .map { String($0.prefix { $0 != "=" }) }.first { !options.contains($0) }
        return unknown.map { "\(command.commandName) has no option \($0)" }
    }

    private func problemOfMake(_ arguments: [String]) -> String? {
        let names = arguments.filter { !$0.contains("=") && !$0.hasPrefix("-") }
        return names.first { !makeTargets.contains($0) }.map { "the Makefile has no target \($0)" }
    }

    /// Splits a line into words as a shell does. Comments and what follows the first `|`, `;` or `&&` are left out.
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if " |;&#".contains(character), character == " " || word.isEmpty {
                if character != " " { break }
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
