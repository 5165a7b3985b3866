import Events

/// Output that others connect to by its name, such as the path of a socket. It is ready, and not found yet.
protocol Publishable: Sendable {
    /// Gives it its name.
    ///
    /// - Throws: an error if that fails. The previous owner of the name then keeps it.
    func publish() throws

    /// Undoes ``publish()``: the previous owner is found again.
    func withdraw()

    /// Makes ``publish()`` final.
    func settle()
}

extension EventSocket.Preparation: Publishable {}
extension MetricsServer: Publishable {}

/// The names of everything in a configuration that others connect to: all of them change, or none.
struct Publication {
    let parts: [any Publishable]

    /// Gives each its name.
    ///
    /// - Throws: the error of the first that fails. Then everything is found that was found before.
    func publish() throws {
        var published: [any Publishable] = []
        do {
            for part in parts {
                try part.publish()
                published.append(part)
            }
        } catch {
            for part in published.reversed() { part.withdraw() }
            throw error
        }
        for part in parts { part.settle() }
    }
}
