import Capture
import MobileNet

/// What the service finds around itself when it starts.
package struct ServiceEnvironment: Sendable {
    /// Where models are looked for.
    package var models: ModelLibrary
    /// Which kernels run.
    package var instructionSet: InstructionSet
    /// How many frames are worked on at the same time, if the configuration does not say.
    package var coreCount: Int
    /// The most that a network may ask for.
    package var planLimits = PlanLimits.standard
    /// Bytes of memory that this process may use; `nil` for no limit.
    package var memoryLimit: Int?
    /// `$CREDENTIALS_DIRECTORY`, if there is one.
    package var credentialFolder: String?
    /// Who wants to know how the service is doing, if anybody does.
    package var notifier: Notifier?
    /// Seconds within which the service manager wants to hear something, if it does.
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

    /// What of it matters for checking a configuration.
    package var surroundings: ConfigurationEnvironment {
        ConfigurationEnvironment(models: models, credentials: credentialFolder)
    }
}
