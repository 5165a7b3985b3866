/// Filter of event records by source, label and type.
package struct EventFilter: Equatable, Sendable {
    /// Names of sources; empty for all.
    package var sources: Set<String>
    /// Labels, synonyms in labels, or groups; empty for all.
    package var labels: Set<String>
    /// Names of types, such as `start`; empty for all.
    package var types: Set<String>

    package init(sources: Set<String> = [], labels: Set<String> = [], types: Set<String> = []) {
        self.sources = sources
        self.labels = labels
        self.types = types
    }

    /// Whether every record passes.
    package var isEmpty: Bool { sources.isEmpty && labels.isEmpty && types.isEmpty }

    /// Whether a record with the topic passes. `gap` records always do, because the missing records are unknown.
    package func passes(_ topic: EventTopic) -> Bool {
        if isEmpty || topic.type == EventType.gap.rawValue { return true }
        return Self.has(types, topic.type) && Self.has(sources, topic.source)
            && (hasLabel(topic.label) || Self.has(labels, topic.group))
    }

    /// Whether a label, or any of the synonyms in it, is selected.
    private func hasLabel(_ label: String?) -> Bool {
        Self.has(labels, label) || label.map { LabelNames.synonyms($0).contains(where: labels.contains) } ?? false
    }

    private static func has(_ names: Set<String>, _ name: String?) -> Bool {
        names.isEmpty || name.map(names.contains) ?? false
    }

    /// Whether a line of a log passes.
    func passes(_ line: some Collection<UInt8>) -> Bool {
        isEmpty || LoggedLine(line).map { passes($0.topic) } ?? false
    }
}

/// Members of an event record by which filters select it.
package struct EventTopic: Equatable, Sendable {
    /// `start`, `end`, `source_lost` and so on.
    package var type: String
    /// Name of the camera or recording.
    package var source: String?
    /// The label.
    package var label: String?
    /// Group of the label; nil if it has none.
    package var group: String?

    package init(type: String, source: String? = nil, label: String? = nil, group: String? = nil) {
        self.type = type
        self.source = source
        self.label = label
        self.group = group
    }
}
