import Events

/// What a look at one thing has shown.
struct Finding: Equatable {
    enum Status: String {
        case ok
        /// It works, but not as well as it could, or not for all that somebody may want.
        case warning
        /// Something will not work.
        case problem
    }

    var status: Status
    /// What was looked at, in a word or two.
    var target: String
    var text: String
    /// What to do about it.
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

    /// For programs.
    var line: JSONLine {
        var line = JSONLine()
        line.add("status", status.rawValue)
        line.add("subject", target)
        line.add("text", text)
        line.add("advice", advice)
        return line
    }
}
