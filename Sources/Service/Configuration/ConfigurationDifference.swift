import Watch

/// What a new configuration changes, so that nothing else is touched.
package struct ConfigurationDifference: Equatable, Sendable {
    /// A part of the service that has to begin anew, or to be told.
    package enum Part: CaseIterable, Sendable {
        /// The network, or the number of workers: everything begins anew.
        case everything
        /// What the program says of itself. It is told.
        case programLog
        case eventLog
        case socket
        case samples
        case state
        case metrics
    }

    /// How a source changed that is there before and after.
    package enum Change: Equatable, Sendable {
        /// What is looked for, and when it counts: its frames can go on.
        case detection
        /// How its frames are made or chosen: it begins anew, and no other.
        case restart
    }

    /// Sources that are watched now, and were not, in the order of the new file.
    package var added: [String] = []
    /// Sources that were watched, and are not any more, in the order of the old file.
    package var removed: [String] = []
    /// Sources that are watched otherwise.
    package var changed: [String: Change] = [:]
    /// Parts of the service besides the sources.
    package var parts: Set<Part> = []

    /// Whether there is nothing to do.
    package var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty && parts.isEmpty }

    /// - Parameter groupsDiffer: whether labels are grouped otherwise; `nil` if the groups are not in a file of their
    ///   own, which may have changed.
    package init(from old: Configuration, to new: Configuration, groupsDiffer: Bool? = nil) {
        let groupsDiffer = groupsDiffer ?? (old.groups != new.groups)
        let before = Self.watched(old)
        let after = Self.watched(new)
        added = after.map(\.name).filter { name in !before.contains { $0.name == name } }
        removed = before.map(\.name).filter { name in !after.contains { $0.name == name } }
        for source in after {
            guard let earlier = before.first(where: { $0.name == source.name }) else { continue }
            // Groups are a part of every source's decisions.
            let change = Self.change(from: earlier, to: source) ?? (groupsDiffer ? .detection : nil)
            changed[source.name] = change
        }
        parts = Self.parts(from: old, to: new)
    }

    private static func watched(_ configuration: Configuration) -> [SourceConfiguration] {
        configuration.sources.filter(\.isEnabled)
    }

    private static func change(from old: SourceConfiguration, to new: SourceConfiguration) -> Change? {
        guard old != new else { return nil }
        var other = old
        other.options.detection = new.options.detection
        // The parts themselves are cut out of frames; what is looked for in them is not.
        if old.options.regions.map(\.area) == new.options.regions.map(\.area) {
            other.options.regions = new.options.regions
        }
        return other == new ? .detection : .restart
    }

    private static func parts(from old: Configuration, to new: Configuration) -> Set<Part> {
        var parts: Set<Part> = []
        if old.model != new.model || old.workers != new.workers { parts.insert(.everything) }
        if old.log != new.log { parts.insert(.programLog) }
        if old.events.log != new.events.log { parts.insert(.eventLog) }
        if old.events.socket != new.events.socket { parts.insert(.socket) }
        if old.events.samples != new.events.samples { parts.insert(.samples) }
        if old.state != new.state { parts.insert(.state) }
        if old.metrics != new.metrics { parts.insert(.metrics) }
        return parts
    }
}
