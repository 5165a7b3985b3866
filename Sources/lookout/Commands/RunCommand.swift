import ArgumentParser
import Basics
import Glibc
import Service

/// `lookout run`: the service in the foreground.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the service: watch the sources of a configuration.",
        discussion: """
            Runs in the foreground until SIGTERM or SIGINT. SIGHUP reloads the configuration: only changed parts are \
            restarted, and an invalid configuration is rejected. SIGUSR1 reopens the log files. Under systemd it reports \
            readiness, the status of its sources and the watchdog's keep-alive.
            """)

    @Argument(help: "Configuration file (see `lookout check`).", completion: .file(extensions: ["yaml", "yml"]))
    var file = ConfigurationFile.standardPath

    func run() throws {
        ProcessMemory.keepLittle()
        let isJournal = JournalStream.isStandardError(variable: Environment.variable)
        do {
            try serve(isJournal)
        } catch {
            guard let failure = Failure(error) else { throw error }
            // One line for each mistake, so that each has its priority in the journal.
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
