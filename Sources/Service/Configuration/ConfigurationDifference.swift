import Watch

/// Changes between two configurations, so that a reload touches nothing else.
package struct ConfigurationDifference: Equatable, Sendable {
    /// Part of the service that a change affects.
    package enum Part: Hashable, Sendable {
        /// The model or the number of workers: everything restarts.
        case everything
        /// The service's own log. It continues with other settings.
        case programLog
        /// A sink of events, by its name.
        case sink(String)
        /// The folder of the state.
        case state
        case metrics
        /// Images of objects. Sources and objects go on.
        case snapshots
    }

    /// Change of a source that is in both configurations.
    package enum Change: Equatable, Sendable {
        /// Target labels, thresholds, times, zones or lines. Its capture continues, and objects stay.
        case detection
        /// Capture or sampling. The source restarts, and no other.
        case restart
    }

    /// Sources to start, in the order of the new file.
    package var added: [String] = []
    /// Sources to stop, in the order of the old file.
    package var removed: [String] = []
    /// Sources with other settings.
    package var changed: [String: Change] = [:]
    /// Parts of the service other than sources.
    package var parts: Set<Part> = []

    /// Whether nothing changes.
    package var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty && parts.isEmpty }

    /// - Parameter groupsDiffer: whether label groups differ; `nil` if they are in the configuration itself, and not in a
    ///   file that may have changed.
    package init(from old: Configuration, to new: Configuration, groupsDiffer: Bool? = nil) {
        let groupsDiffer = groupsDiffer ?? (old.groups != new.groups)
        let before = Self.watched(old)
        let after = Self.watched(new)
        added = after.map(\.name).filter { name in !before.contains { $0.name == name } }
        removed = before.map(\.name).filter { name in !after.contains { $0.name == name } }
        for source in after {
            guard let earlier = before.first(where: { $0.name == source.name }) else { continue }
            // Groups affect the target labels of every source.
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
        other.options.objects = new.options.objects
        // Areas of regions affect the capture; their labels and thresholds do not.
        if old.options.regions.map(\.area) == new.options.regions.map(\.area) {
            other.options.regions = new.options.regions
        }
        return other == new ? .detection : .restart
    }

    private static func parts(from old: Configuration, to new: Configuration) -> Set<Part> {
        var parts: Set<Part> = []
        let hasOtherModel = old.model != new.model || old.classify != new.classify
        if hasOtherModel || old.workers != new.workers { parts.insert(.everything) }
        if old.log != new.log { parts.insert(.programLog) }
        for sink in SinkFactories.all where sink.differs(old.events, new.events) { parts.insert(.sink(sink.name)) }
        if old.state != new.state { parts.insert(.state) }
        if old.metrics != new.metrics { parts.insert(.metrics) }
        if old.snapshots != new.snapshots { parts.insert(.snapshots) }
        return parts
    }
}
