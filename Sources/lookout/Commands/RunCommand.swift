import ArgumentParser
import Basics
import Glibc
import Service

/// `lookout run`: the service, in the foreground.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Watch what a configuration says: the service.",
        discussion: """
            Stays in the foreground until SIGTERM or SIGINT. SIGHUP: the configuration is read again, and only what \
            has changed begins anew; a wrong one is refused. SIGUSR1: log files are begun anew. Under systemd it \
            tells when it is ready, how its sources are, and that it gets on.
            """)

    @Argument(help: "The configuration (see `lookout check`).", completion: .file(extensions: ["yaml", "yml"]))
    var file = ConfigurationFile.standardPath

    func run() throws {
        ProcessMemory.keepLittle()
        let isJournal = JournalStream.isStandardError(variable: Environment.variable)
        do {
            try serve(isJournal)
        } catch {
            guard let failure = Failure(error) else { throw error }
            // A mistake in each line, and each with its priority.
            let log = ServiceLog(isJournal: isJournal).logger()
            for line in failure.description.split(separator: "\n") { log.error("\(line)") }
            throw ReportedFailure(status: failure.status)
        }
    }

    private func serve(_ isJournal: Bool) throws {
        let file = try ConfigurationFile(path: file)
        let log = ServiceLog(isJournal: isJournal, flood: FloodControl(interval: file.configuration.log.repetition))
        var environment = ServiceEnvironment(
            models: Environment.models(), instructionSet: try Environment.instructionSet(),
            coreCount: Environment.coreCount, variable: Environment.variable)
        environment.planLimits = try Environment.planLimits()
        environment.memoryLimit = ControlGroup.memoryLimit()
        guard try Daemon(file, environment, log).run() else { throw ReportedFailure(status: EX_SOFTWARE) }
    }
}
