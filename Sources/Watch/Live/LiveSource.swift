import Capture

/// A source that is to be watched.
package struct LiveSource: Sendable {
    /// What events call it.
    package var name: String
    /// How it is watched.
    package var settings: SourceSettings
    /// Makes what gives the frames. It is asked for a new one for each connection.
    package var make: @Sendable (CancellationToken) -> any Source

    /// Who logs in where, if it is a stream that asks for a login.
    package var login: StreamLogin?

    package init(
        name: String, settings: SourceSettings, login: StreamLogin? = nil,
        make: @escaping @Sendable (CancellationToken) -> any Source
    ) {
        self.name = name
        self.settings = settings
        self.login = login
        self.make = make
    }
}
