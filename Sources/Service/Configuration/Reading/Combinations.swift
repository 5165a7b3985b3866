import Capture

/// Values of different parts of the configuration each of which may be, but not together.
struct Combinations {
    let reading: DiagnosticContext

    func check(_ configuration: Configuration) {
        checkPaths(configuration)
        checkCameras(configuration.sources)
    }

    /// Two things cannot be written to one file.
    private func checkPaths(_ configuration: Configuration) {
        var socket: String?
        if case .unixSocket(let path) = configuration.metrics.listen { socket = path }
        let outputs = [
            ("events.log.path", configuration.events.log?.path),
            ("events.socket.path", configuration.events.socket?.path),
            ("events.samples", configuration.events.samples), ("metrics.listen", socket),
            ("metrics.textfile", configuration.metrics.textfile),
        ]
        var users: [String: String] = [:]
        for (key, path) in outputs {
            guard let path = path.map(Self.normal) else { continue }
            if let other = users.updateValue(key, forKey: path),
                let place = reading.places[key] ?? reading.places[other]
            {
                reading.refuse(place, "\"\(key)\" and \"\(other)\" are both \(ShownText.quoted(path))")
            }
        }
    }

    /// The path without what changes nothing in it.
    private static func normal(_ path: String) -> String {
        "/" + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// A camera gives its frames to one only.
    private func checkCameras(_ sources: [SourceConfiguration]) {
        var users: [String: String] = [:]
        for source in sources where source.isEnabled {
            guard case .camera(let path) = source.address else { continue }
            if let other = users[path], let place = reading.places["sources.\(source.name).address"] {
                let user = ShownText.quoted(other)
                reading.refuse(
                    place, "\(ShownText.quoted(path)) is the camera of \(user) already; it can only be opened once")
            }
            users[path] = users[path] ?? source.name
        }
    }
}
