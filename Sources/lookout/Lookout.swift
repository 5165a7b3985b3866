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
        do {
            try refuseUnknownCommand()
            var command = try parseAsRoot()
            try command.run()
        } catch let error as ReportedFailure {
            terminate(error.status)
        } catch {
            guard let failure = Failure(error) else { exit(withError: error) }
            if !failure.description.isEmpty { Terminal.complain(failure.description) }
            terminate(failure.status)
        }
    }

    /// The argument parser would take it for an argument that nobody asked for.
    private static func refuseUnknownCommand() throws {
        let commands = configuration.subcommands.compactMap { $0.configuration.commandName }
        guard let word = CommandLine.arguments.dropFirst().first,
            !word.hasPrefix("-"), word != "help", !commands.contains(word)
        else { return }
        let meant = nearestNames(to: word, among: Set(commands)).first
        throw Failure(
            status: EX_USAGE,
            "\"\(word)\" is no command; "
                + (meant.map { "did you mean \($0)?" } ?? "there are \(commands.joined(separator: ", "))"))
    }
}

/// The C library's `exit`: commands have one of their own.
private func terminate(_ status: Int32) -> Never { Glibc.exit(status) }
