import Capture
import Watch

/// Values of a source each of which may be, but not together.
struct SourceCombinations {
    let reading: Reading

    func checkRetry(_ section: Section, _ retry: SourceOptions.Retry) {
        guard let place = section.valuePlace(of: "retry") else { return }
        let first = Units.text(seconds: retry.first)
        for (key, longest) in [("longest", retry.longest), ("first_connect_longest", retry.longestFirstConnect)] where longest < retry.first {
            reading.refuse(place, "the first wait of \"retry\" (\(first)) is longer than \"\(key)\" (\(Units.text(seconds: longest)))")
        }
    }

    /// - Parameters:
    ///   - section: what the source says itself.
    ///   - defaults: what holds without that.
    ///   - options: what holds with it.
    func check(_ address: SourceAddress, _ section: Section, defaults: SourceOptions, _ options: SourceOptions) {
        checkKind(address, section)
        let known = Set(Self.conflicts(defaults).map(\.text))
        for conflict in Self.conflicts(options) where !known.contains(conflict.text) {
            let place = ([conflict.key] + ["leave", "enter"]).lazy.compactMap { section.valuePlace(of: $0) }.first
            reading.refuse(place ?? section.place, conflict.text)
        }
    }

    /// Those that are in the defaults alone.
    func check(defaults: SourceOptions, _ section: Section) {
        for conflict in Self.conflicts(defaults) {
            let place = ([conflict.key] + ["leave", "enter"]).lazy.compactMap { section.valuePlace(of: $0) }.first
            reading.refuse(place ?? section.place, conflict.text)
        }
    }

    /// Thresholds that would end a label while it begins.
    private static func conflicts(_ options: SourceOptions) -> [(key: String, text: String)] {
        var rules: [(key: String, name: String, rules: SightingRules)] = [("leave", "", options.sighting)]
        rules += options.sighting.overrides.sorted { $0.key < $1.key }.map {
            ("overrides", "for \(ShownText.quoted($0.key)), ", options.sighting.applying($0.value))
        }
        rules += options.regions.compactMap { rule in
            rule.area.name.map { ("regions", "in the region \(ShownText.quoted($0)), ", rule.rules(from: options.sighting)) }
        }
        return rules.compactMap { key, name, rules in
            guard let leave = rules.leave, leave > rules.enter else { return nil }
            let text = "\"leave\" (\(Units.text(leave))) is above \"enter\" (\(Units.text(rules.enter))): a label would end while it begins"
            return (key, name + text)
        }
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
        let ofStreams = ["credentials", "transport", "video_stream", "connect_timeout", "skip_loop_filter"].map { ($0, stream) }
        switch address {
        case .file: return ofStreams + [camera, ("read_timeout", stream), ("retry", stream)]
        case .camera: return ofStreams
        case .stream(let url):
            let isRTSP = url.scheme.hasPrefix("rtsp")
            return [camera] + (isRTSP ? [] : [("transport", "is for RTSP, and this is \(url.scheme)")])
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
