import Capture

/// A source that is to be watched.
package struct LiveSource: Sendable {
    /// What events call it.
    package var name: String
    /// How it is watched.
    package var settings: SourceSettings
    /// Makes what gives the frames. It is asked for a new one for each connection.
    package var make: @Sendable (CancellationToken) -> any Source

    package init(name: String, settings: SourceSettings, make: @escaping @Sendable (CancellationToken) -> any Source) {
        self.name = name
        self.settings = settings
        self.make = make
    }
}
