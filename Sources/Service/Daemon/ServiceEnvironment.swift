import Capture
import Dispatch
import Glibc
import MobileNet

/// Environment of the service: the machine, and the settings that systemd passes.
package struct ServiceEnvironment: Sendable {
    /// Folders that are searched for models.
    package var models: ModelLibrary
    /// Instruction set of the kernels.
    package var instructionSet: InstructionSet
    /// Number of inference workers if the configuration does not set it.
    package var coreCount: Int
    /// Limits of a model.
    package var planLimits = PlanLimits.standard
    /// Bytes of memory that this process may use; `nil` for no limit.
    package var memoryLimit: Int?
    /// `$CREDENTIALS_DIRECTORY`, if there is one.
    package var credentialFolder: String?
    /// Connection to the service manager, if there is one.
    package var notifier: Notifier?
    /// Watchdog period of the service manager, in seconds; `nil` without a watchdog.
    package var watchdogPeriod: Double?
    /// Sockets that the service manager has opened.
    package var sockets: ListenedSockets

    package init(
        models: ModelLibrary, instructionSet: InstructionSet, coreCount: Int, variable: (String) -> String?
    ) {
        self.models = models
        self.instructionSet = instructionSet
        self.coreCount = coreCount
        credentialFolder = variable("CREDENTIALS_DIRECTORY")
        notifier = Notifier(variable: variable)
        watchdogPeriod = WatchdogTimer.period(variable: variable)
        sockets = ListenedSockets(variable: variable)
    }

    /// The part that a configuration is checked against.
    package var configurationEnvironment: ConfigurationEnvironment {
        ConfigurationEnvironment(models: models, credentials: credentialFolder)
    }
}

/// Handlers of the signals of the service.
final class ServiceSignals {
    private let sources: [any DispatchSourceSignal]

    /// - Parameters:
    ///   - queue: the queue on which the handlers are called.
    ///   - reload: for SIGHUP: reloads the configuration.
    ///   - reopen: for SIGUSR1: reopens the log files, as after logrotate.
    ///   - stop: for SIGTERM and SIGINT: stops the service.
    init(
        on queue: DispatchQueue, reload: @escaping @Sendable () -> Void, reopen: @escaping @Sendable () -> Void,
        stop: @escaping @Sendable () -> Void
    ) {
        let actions = [(SIGHUP, reload), (SIGUSR1, reopen), (SIGTERM, stop), (SIGINT, stop)]
        sources = actions.map { number, action in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler(handler: action)
            source.activate()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}
