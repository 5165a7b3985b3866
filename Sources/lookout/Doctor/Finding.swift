import Events

/// Result of one check.
struct Finding: Equatable {
    enum Status: String {
        case ok
        /// Works with limitations.
        case warning
        /// Will not work.
        case problem
    }

    var status: Status
    /// Topic of the check, in a word or two.
    var topic: String
    var text: String
    /// Remedy.
    var advice: String?

    static func ok(_ topic: String, _ text: String) -> Finding {
        Finding(status: .ok, topic: topic, text: text)
    }

    static func warning(_ topic: String, _ text: String, advice: String) -> Finding {
        Finding(status: .warning, topic: topic, text: text, advice: advice)
    }

    static func problem(_ topic: String, _ text: String, advice: String) -> Finding {
        Finding(status: .problem, topic: topic, text: text, advice: advice)
    }

    /// JSON line of the finding.
    var line: JSONLine {
        var line = JSONLine()
        line.add("status", status.rawValue)
        line.add("subject", topic)
        line.add("text", text)
        line.add("advice", advice)
        return line
    }
}
