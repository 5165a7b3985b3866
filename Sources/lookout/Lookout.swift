import ArgumentParser
import Basics
import Events
import Glibc

/// The command line.
@main
struct Lookout: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookout",
        abstract: "Watches cameras and recordings, and writes down what it sees.",
        version: lookoutVersion,
        subcommands: [
            RunCommand.self, CheckCommand.self, TailCommand.self, DoctorCommand.self, AnalyzeCommand.self,
            WatchCommand.self, CamerasCommand.self, ClassifyCommand.self, ModelCommand.self, BenchCommand.self,
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

    /// The memory has passwords in it, and a core dump is a copy of it that stays.
    private static func forbidCoreDumps() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
    }

    /// Prints what the argument parser has to say, of which the arguments are a part, and ends the program.
    private static func finish(_ error: any Error) -> Never {
        let status = exitCode(for: error)
        let text = fullMessage(for: error)
        if status.isSuccess {
            // Help, a completion script: texts of our own, of many lines.
            if !text.isEmpty { try? Output.write(line: Array((text + "\n").utf8)) }
        } else {
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) { Terminal.tell(String(line)) }
        }
        terminate(status.rawValue)
    }

    /// The argument parser would take a wrong command for an argument that nobody asked for, and `help` of it for `help`
    /// of nothing.
    private static func refuseUnknownCommand() throws(Failure) {
        var words = CommandLine.arguments.dropFirst()
        if words.first == "help" { words.removeFirst() }
        var command: any ParsableCommand.Type = Self.self
        while let word = words.popFirst(), !word.hasPrefix("-"), !command.configuration.subcommands.isEmpty {
            let subcommands = command.configuration.subcommands
            // Of `help` there is help, too.
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
            "\"\(word)\" is no command; "
                + (meant.map { "did you mean \($0)?" } ?? "there are \(commands.joined(separator: ", "))"))
    }
}

/// The C library's `exit`: commands have one of their own.
private func terminate(_ status: Int32) -> Never { Glibc.exit(status) }
