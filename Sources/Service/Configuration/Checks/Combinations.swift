import Capture
import Watch

/// Check of settings in different sections of the file against each other.
struct Combinations {
    let diagnostics: DiagnosticContext

    func check(_ configuration: Configuration) {
        checkPaths(configuration)
        checkCameras(configuration.sources)
    }

    /// Refuses a file that two outputs would write to.
    private func checkPaths(_ configuration: Configuration) {
        let metrics = [
            ("metrics.listen", configuration.metrics.listen?.path),
            ("metrics.textfile", configuration.metrics.textfile),
        ]
        let outputs = configuration.events.paths.map { ($0.key, Optional($0.path)) } + metrics
        var users: [String: String] = [:]
        for (key, path) in outputs {
            guard let path = path.map(Self.normalized) else { continue }
            if let other = users.updateValue(key, forKey: path),
                let place = diagnostics.places[key] ?? diagnostics.places[other]
            {
                diagnostics.refuse(place, "\"\(key)\" and \"\(other)\" are both \(ShownText.quoted(path))")
            }
        }
    }

    /// Returns the path without empty and `.` components.
    private static func normalized(_ path: String) -> String {
        "/" + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// Refuses a camera that two sources would open.
    private func checkCameras(_ sources: [SourceConfiguration]) {
        var users: [String: String] = [:]
        for source in sources where source.isEnabled {
            guard case .camera(let path) = source.address else { continue }
            if let other = users[path], let place = diagnostics.places["sources.\(source.name).address"] {
                diagnostics.refuse(
                    place,
                    "\(ShownText.quoted(path)) is already the camera of \(ShownText.quoted(other)); "
                        + "a camera can be opened only once")
            }
            users[path] = users[path] ?? source.name
        }
    }
}

/// Check of the settings of a source against each other.
struct SourceCombinations {
    let diagnostics: DiagnosticContext

    /// Refuses a longest wait that is shorter than the first. One that the file does not contain is extended instead.
    func check(_ retry: SourceOptions.Retry, _ section: Section) {
        let first = Units.text(seconds: retry.first)
        for (key, longest) in [("longest", retry.longest), ("first_connect_longest", retry.longestFirstConnect)] {
            guard longest < retry.first, let place = section.valuePlace(of: key) else { continue }
            diagnostics.refuse(
                place, "\"\(key)\" (\(Units.text(seconds: longest))) is shorter than the first wait (\(first))")
        }
    }

    /// - Parameters:
    ///   - section: the source's own settings.
    ///   - defaults: the settings without them.
    ///   - options: the settings with them.
    func check(_ address: SourceAddress, _ section: Section, defaults: SourceOptions, _ options: SourceOptions) {
        checkKind(address, section)
        report(Self.conflicts(options), in: section, known: Self.conflicts(defaults))
    }

    /// Checks the defaults alone.
    func check(defaults: SourceOptions, _ section: Section) {
        report(Self.conflicts(defaults), in: section, known: [])
    }

    private typealias Conflict = (key: String, text: String)

    private func report(_ conflicts: [Conflict], in section: Section, known: [Conflict]) {
        let known = Set(known.map(\.text))
        for conflict in conflicts where !known.contains(conflict.text) {
            let place = [conflict.key, "leave", "enter"].lazy.compactMap { section.valuePlace(of: $0) }.first
            diagnostics.refuse(place ?? section.place, conflict.text)
        }
    }

    /// Finds leave thresholds above enter thresholds, which would end an event when it starts.
    private static func conflicts(_ options: SourceOptions) -> [Conflict] {
        let detection = options.detection
        let own = conflict("leave", "", detection)
        let overrides = detection.overrides.sorted { $0.key < $1.key }.filter { $0.value.changesThresholds }.map {
            conflict("overrides", "for \(ShownText.quoted($0.key)), ", detection.applying($0.value))
        }
        let regions = options.regions.filter(\.changes.changesThresholds).map {
            conflict(
                "regions", "in the region \(ShownText.quoted($0.area.name ?? "")), ", detection.applying($0.changes))
        }
        return ([own] + overrides + regions).compactMap { $0 }
    }

    private static func conflict(_ key: String, _ name: String, _ settings: DetectionSettings) -> Conflict? {
        let enter = settings.thresholds.enter
        guard let leave = settings.leave, leave > enter else { return nil }
        let numbers = "\"leave\" (\(Units.text(leave))) is above \"enter\" (\(Units.text(enter)))"
        return (key, name + numbers + ": an event would end when it starts")
    }

    /// Refuses a source's own settings that do not apply to its kind. In the defaults, they are for other sources.
    private func checkKind(_ address: SourceAddress, _ section: Section) {
        for (key, what) in Self.inapplicable(to: address) {
            guard let place = section.place(of: key) else { continue }
            diagnostics.refuse(place, "\"\(key)\" \(what)")
        }
    }

    private static func inapplicable(to address: SourceAddress) -> [(key: String, what: String)] {
        let stream = "applies only to streams, and this source is \(name(of: address))"
        let camera = ("camera", "applies only to cameras, and this source is \(name(of: address))")
        let ofStreams = [
            "credentials", "transport", "video_stream", "connect_timeout", "max_frame_size", "tls", "skip_loop_filter",
        ].map { ($0, stream) }
        switch address {
        case .file: return ofStreams + [camera, ("read_timeout", stream), ("retry", stream)]
        case .camera: return ofStreams
        case .stream(let url):
            let isRTSP = url.scheme.hasPrefix("rtsp")
            return [camera]
                + (url.isEncrypted
                    ? [] : [("tls", "applies only to rtsps, https and rtmps, and this source is \(url.scheme)")])
                + (isRTSP ? [] : [("transport", "applies only to RTSP, and this source is \(url.scheme)")])
                + (url.hasCredentials ? [("credentials", "applies only to an address without a password in it")] : [])
        }
    }

    private static func name(of address: SourceAddress) -> String {
        switch address {
        case .file: "a file"
        case .stream: "a stream"
        case .camera: "a camera"
        }
    }
}

extension DetectionSettings.Changes {
    fileprivate var changesThresholds: Bool { enter != nil || leave != nil }
}
