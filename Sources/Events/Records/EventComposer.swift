/// Composes events from changes of label intervals.
package struct EventComposer: Sendable {
    /// Name of the source in event records.
    package let source: String
    /// Name of the region.
    package let region: String
    /// Name of the network.
    package let model: String
    /// Labels of the network's classes.
    package let labels: [String]
    /// Targets of the ``EventDetector``.
    package let targets: [LabelTarget]

    package init(source: String, region: String, model: String, labels: [String], targets: [LabelTarget]) {
        self.source = source
        self.region = region
        self.model = model
        self.labels = labels
        self.targets = targets
    }

    /// Returns the event for a change.
    package func event(for change: EventDetector.Change) -> Event {
        switch change {
        case .started(let interval): event(.start, interval, at: interval.start)
        case .updated(let interval): event(.update, interval, at: interval.end)
        case .ended(let interval, let reason): event(.end(reason), interval, at: interval.end)
        }
    }

    private func event(_ kind: Event.Kind, _ interval: LabelInterval, at time: SampleTime) -> Event {
        let target = targets[interval.target]
        let label = labels[target.classes[interval.leadingClass]]
        let name = target.group ?? labels[target.classes[0]]
        return Event(
            kind: kind, id: id(of: interval, name),
            time: time.wallClock, media: time.media, source: source, region: region,
            label: label, group: target.group, interval: interval, model: model)
    }

    /// The ordinal and the target are part of the identifier: intervals may otherwise be the same if a recording's
    /// time stamps start over, or if two classes have the same label.
    private func id(of interval: LabelInterval, _ name: String) -> EventID {
        let start = interval.start.wallClock
        return EventID(
            time: start,
            parts: [source, region, model, name, "\(interval.target)", "\(interval.ordinal)", "\(start.milliseconds)"])
    }
}

/// Identifier of an event, the same from its start to its end. It is a ULID (<https://github.com/ulid/spec>) and
/// sorts by time: 48 bits of time, and 80 bits that distinguish events that began at the same time.
///
/// The 80 bits are a hash of the event instead of random bits, so that the same samples give the same records, byte
/// for byte.
package struct EventID: Hashable, Sendable, CustomStringConvertible {
    /// 26 letters and digits.
    package let description: String

    /// Crockford's base 32.
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// - Parameters:
    ///   - time: wall-clock time of the start of the event.
    ///   - parts: properties that distinguish it from other events with the same start.
    package init(time: Timestamp, parts: [String]) {
        let high = Self.hash(parts, basis: 0xCBF2_9CE4_8422_2325)
        let low = Self.hash(parts, basis: 0x9AE1_6A3B_2F90_404F)
        let milliseconds = UInt64(clamping: time.milliseconds) & 0xFFFF_FFFF_FFFF
        description = Self.encode(milliseconds, count: 10) + Self.encode(high, count: 8) + Self.encode(low, count: 8)
    }

    /// FNV-1a (RFC 9923), then the finalizer of SplitMix64, so that every bit depends on every letter.
    private static func hash(_ parts: [String], basis: UInt64) -> UInt64 {
        var hash = basis
        for byte in parts.joined(separator: "\u{0}").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }

    /// Encodes the lowest 5 bits for each digit, the highest digit first.
    private static func encode(_ value: UInt64, count: Int) -> String {
        String((0..<count).reversed().map { digits[Int(value >> (5 * UInt64($0)) & 31)] })
    }
}
