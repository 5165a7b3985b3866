import ArgumentParser
import Glibc

/// The command line.
@main
struct Lookout: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookout",
        abstract: "Watches recordings and writes down what it sees.",
        version: "0.1.0",
        subcommands: [
            AnalyzeCommand.self, ClassifyCommand.self, CamerasCommand.self, ModelCommand.self, BenchCommand.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as ReportedFailure {
            terminate(error.status)
        } catch {
            guard let failure = Failure(error) else { exit(withError: error) }
            Terminal.complain(failure.description)
            terminate(failure.status)
        }
    }
}

/// The C library's `exit`: commands have one of their own.
private func terminate(_ status: Int32) -> Never { Glibc.exit(status) }
