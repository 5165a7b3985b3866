import Capture

/// A source that is to be watched.
public struct LiveSource: Sendable {
    /// What events call it.
    public var name: String
    /// How it is watched.
    public var settings: SourceSettings
    /// Makes what gives the pictures. It is asked for a new one for each connection.
    public var make: @Sendable (Interruption) -> any Source

    public init(name: String, settings: SourceSettings, make: @escaping @Sendable (Interruption) -> any Source) {
        self.name = name
        self.settings = settings
        self.make = make
    }
}
