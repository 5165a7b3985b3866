import ArgumentParser
import Basics
import Events
import Glibc

/// Command `lookout`.
@main
struct Lookout: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookout",
        abstract: "Detects labelled events in cameras, streams and recordings.",
        version: lookoutVersion,
        subcommands: [
            RunCommand.self, CheckCommand.self, TailCommand.self, DoctorCommand.self, AnalyzeCommand.self,
            ReplayCommand.self, ReportCommand.self, FindCommand.self, ClipsCommand.self, WhyCommand.self,
            MergeCommand.self,
            WatchCommand.self, CamerasCommand.self, ZonesCommand.self, ClassifyCommand.self, ModelCommand.self,
            BenchCommand.self,
        ])

    static func main() {
        StandardStreams.prepare()
        forbidCoreDumps()
        do {
            try refuseUnknownCommand()
            var command = try parseAsRoot()
            try command.run()
        } catch let error as ReportedFailure {
            terminate(error.status)
        } catch {
            guard let failure = Failure(error) else { finish(error) }
            if !failure.description.isEmpty { Terminal.complain(failure.description) }
            terminate(failure.status)
        }
    }

    /// Disables core dumps, which would contain passwords.
    private static func forbidCoreDumps() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
    }

    /// Prints the message of the argument parser, which may repeat arguments, and ends the program.
    private static func finish(_ error: any Error) -> Never {
        let status = exitCode(for: error)
        let text = fullMessage(for: error)
        if status.isSuccess {
            // Help or a completion script: trusted text of many lines.
            if !text.isEmpty { try? Output.write(line: Array((text + "\n").utf8)) }
        } else {
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) { Terminal.tell(String(line)) }
        }
        terminate(status.rawValue)
    }

    /// Rejects an unknown command. The argument parser would report an unexpected argument, and print the general help
    /// for `help` of it.
    private static func refuseUnknownCommand() throws(Failure) {
        var words = CommandLine.arguments.dropFirst()
        if words.first == "help" { words.removeFirst() }
        var command: any ParsableCommand.Type = Self.self
        while let word = words.popFirst(), !word.hasPrefix("-"), !command.configuration.subcommands.isEmpty {
            let subcommands = command.configuration.subcommands
            // `help help` is valid.
            if command == Self.self, word == "help" { return }
            guard let next = subcommands.first(where: { $0.configuration.commandName == word }) else {
                throw unknownCommand(word, among: subcommands.compactMap { $0.configuration.commandName })
            }
            command = next
        }
    }

    private static func unknownCommand(_ word: String, among commands: [String]) -> Failure {
        let meant = nearestNames(to: word, among: Set(commands)).first
        return Failure(
            status: EX_USAGE,
            "\"\(word)\" is not a command; "
                + (meant.map { "did you mean \($0)?" } ?? "there are \(commands.joined(separator: ", "))"))
    }
}

/// Ends the program with the C library's `exit`, which commands hide with their own.
private func terminate(_ status: Int32) -> Never { Glibc.exit(status) }
