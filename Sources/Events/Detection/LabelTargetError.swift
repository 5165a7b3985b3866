/// Why it cannot be said what is looked for.
package enum LabelTargetError: Error, Equatable, CustomStringConvertible {
    case unknown(UnknownLabel)
    /// A group of which the network has no label.
    case emptyGroup(String)
    /// A label cannot count twice.
    case inTwoGroups(label: String, String, String)
    /// What is ignored takes away everything that is looked for.
    case nothingLeft(ignored: [String])

    package var description: String {
        switch self {
        case .unknown(let label): label.description
        case .emptyGroup(let group): "the model has none of the labels of the group \"\(group)\""
        case .inTwoGroups(let label, let first, let second):
            "the label \"\(label)\" is in two groups, \"\(first)\" and \"\(second)\"; it can be in one"
        case .nothingLeft(let ignored):
            "nothing is left to look for: \"ignore\" (\(ignored.joined(separator: ", "))) takes away everything that is looked for"
        }
    }
}

/// A name that is neither a label nor a group.
package struct UnknownLabel: Error, Equatable, CustomStringConvertible {
    /// What was asked for.
    package let name: String
    /// Names that may have been meant, the likeliest first.
    package let nearest: [String]

    package init(name: String, nearest: [String]) {
        self.name = name
        self.nearest = nearest
    }

    package var description: String { "there is no label or group \"\(name)\"\(hint)" }

    /// What may have been meant, to be put behind a sentence.
    var hint: String {
        nearest.isEmpty ? "" : "; did you mean \(nearest.map { "\"\($0)\"" }.joined(separator: ", "))?"
    }
}
