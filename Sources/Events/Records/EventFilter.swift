/// Which lines somebody wants to see.
package struct EventFilter: Equatable, Sendable {
    /// Names of sources; any if there are none.
    package var sources: Set<String>
    /// Labels, synonyms in them, or groups; any if there are none.
    package var labels: Set<String>
    /// `start`, `end` and so on; any if there are none.
    package var types: Set<String>

    package init(sources: Set<String> = [], labels: Set<String> = [], types: Set<String> = []) {
        self.sources = sources
        self.labels = labels
        self.types = types
    }

    /// Whether every line passes.
    package var isEmpty: Bool { sources.isEmpty && labels.isEmpty && types.isEmpty }

    /// Whether a line passes. One that says that lines are missing always does: nobody knows which.
    package func passes(_ topic: EventTopic) -> Bool {
        if isEmpty || topic.type == EventType.gap.rawValue { return true }
        return Self.has(types, topic.type) && Self.has(sources, topic.source)
            && (hasLabel(topic.label) || Self.has(labels, topic.group))
    }

    /// A label that is a list of synonyms is chosen by any of them.
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

/// What a line is about.
package struct EventTopic: Equatable, Sendable {
    /// `start`, `end`, `source_lost` and so on.
    package var type: String
    /// The camera or the recording.
    package var source: String?
    /// What was seen.
    package var label: String?
    /// The group that it belongs to, if it does.
    package var group: String?

    package init(type: String, source: String? = nil, label: String? = nil, group: String? = nil) {
        self.type = type
        self.source = source
        self.label = label
        self.group = group
    }
}
