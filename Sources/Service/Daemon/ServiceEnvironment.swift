import Capture
import MobileNet

/// What the service finds around itself when it starts.
public struct ServiceEnvironment: Sendable {
    /// Where models are looked for.
    public var models: ModelLibrary
    /// Which kernels run.
    public var instructionSet: InstructionSet
    /// How many pictures are worked on at the same time, if the configuration does not say.
    public var coreCount: Int
    /// The most that a network may ask for.
    public var planLimits = PlanLimits.standard
    /// Bytes of memory that this process may use; `nil` for no limit.
    public var memoryLimit: Int?
    /// `$CREDENTIALS_DIRECTORY`, if there is one.
    public var credentialFolder: String?
    /// Who wants to know how the service is doing, if anybody does.
    public var notifier: Notifier?
    /// Seconds within which the service manager wants to hear something, if it does.
    public var watchdogPeriod: Double?
    /// Sockets that the service manager has opened.
    public var sockets: ListenedSockets

    public init(
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
    public var surroundings: ConfigurationSurroundings {
        ConfigurationSurroundings(models: models, credentials: credentialFolder)
    }
}
