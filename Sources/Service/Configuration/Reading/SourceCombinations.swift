import Capture
import Watch

/// Values of a source each of which may be, but not together.
struct SourceCombinations {
    let reading: DiagnosticContext

    /// A longest wait that nobody wrote down is as long as it has to be.
    func check(_ retry: SourceOptions.Retry, _ section: Section) {
        let first = Units.text(seconds: retry.first)
        for (key, longest) in [("longest", retry.longest), ("first_connect_longest", retry.longestFirstConnect)] {
            guard longest < retry.first, let place = section.valuePlace(of: key) else { continue }
            reading.refuse(
                place, "\"\(key)\" (\(Units.text(seconds: longest))) is shorter than the first wait (\(first))")
        }
    }

    /// - Parameters:
    ///   - section: what the source says itself.
    ///   - defaults: what holds without that.
    ///   - options: what holds with it.
    func check(_ address: SourceAddress, _ section: Section, defaults: SourceOptions, _ options: SourceOptions) {
        checkKind(address, section)
        report(Self.conflicts(options), in: section, known: Self.conflicts(defaults))
    }

    /// Those that are in the defaults alone.
    func check(defaults: SourceOptions, _ section: Section) {
        report(Self.conflicts(defaults), in: section, known: [])
    }

    private typealias Conflict = (key: String, text: String)

    private func report(_ conflicts: [Conflict], in section: Section, known: [Conflict]) {
        let known = Set(known.map(\.text))
        for conflict in conflicts where !known.contains(conflict.text) {
            let place = [conflict.key, "leave", "enter"].lazy.compactMap { section.valuePlace(of: $0) }.first
            reading.refuse(place ?? section.place, conflict.text)
        }
    }

    /// Thresholds that would end a label while it begins.
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

    private static func conflict(_ key: String, _ name: String, _ rules: DetectionSettings) -> Conflict? {
        guard let leave = rules.leave, leave > rules.enter else { return nil }
        let numbers = "\"leave\" (\(Units.text(leave))) is above \"enter\" (\(Units.text(rules.enter)))"
        return (key, name + numbers + ": a label would end while it begins")
    }

    /// What a source says itself that means nothing for its kind. In the defaults, it is for the others.
    private func checkKind(_ address: SourceAddress, _ section: Section) {
        for (key, what) in Self.meaningless(for: address) {
            guard let place = section.place(of: key) else { continue }
            reading.refuse(place, "\"\(key)\" \(what)")
        }
    }

    private static func meaningless(for address: SourceAddress) -> [(key: String, what: String)] {
        let stream = "is for streams, and this is \(name(of: address))"
        let camera = ("camera", "is for cameras, and this is \(name(of: address))")
        let ofStreams = [
            "credentials", "transport", "video_stream", "connect_timeout", "max_frame_size", "tls", "skip_loop_filter",
        ].map { ($0, stream) }
        switch address {
        case .file: return ofStreams + [camera, ("read_timeout", stream), ("retry", stream)]
        case .camera: return ofStreams
        case .stream(let url):
            let isRTSP = url.scheme.hasPrefix("rtsp")
            return [camera]
                + (url.isEncrypted ? [] : [("tls", "is for rtsps, https and rtmps, and this is \(url.scheme)")])
                + (isRTSP ? [] : [("transport", "is for RTSP, and this is \(url.scheme)")])
                + (url.hasCredentials ? [("credentials", "is for an address without a password in it")] : [])
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
