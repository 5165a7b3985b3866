import Events

/// The names of everything in a configuration that others connect to: all of them change, or none.
struct Publication {
    /// nil if its name does not change.
    let socket: EventSocket.Preparation?
    /// nil if its name does not change.
    let metrics: MetricsServer?

    /// Gives each its name.
    ///
    /// - Throws: ``EventSocket/Failure``, ``MetricsServer/Failure``. Then everything is found that was found before.
    func publish() throws {
        try socket?.publish()
        do {
            try metrics?.publish()
        } catch {
            socket?.withdraw()
            throw error
        }
        socket?.settle()
        metrics?.settle()
    }
}
