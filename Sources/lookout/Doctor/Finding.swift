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
    /// Name of the check, in a word or two.
    var target: String
    var text: String
    /// Remedy.
    var advice: String?

    static func ok(_ target: String, _ text: String) -> Finding {
        Finding(status: .ok, target: target, text: text)
    }

    static func warning(_ target: String, _ text: String, advice: String) -> Finding {
        Finding(status: .warning, target: target, text: text, advice: advice)
    }

    static func problem(_ target: String, _ text: String, advice: String) -> Finding {
        Finding(status: .problem, target: target, text: text, advice: advice)
    }

    /// JSON line of the finding.
    var line: JSONLine {
        var line = JSONLine()
        line.add("status", status.rawValue)
        line.add("subject", target)
        line.add("text", text)
        line.add("advice", advice)
        return line
    }
}
