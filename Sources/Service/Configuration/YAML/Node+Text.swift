import Yams

extension Node {
    /// What is written, if it is neither a mapping nor a list.
    var text: String? { scalar.map { ScalarEscaping.revealed($0.string) } }

    /// Where it begins.
    var place: Place { mark.map { Place($0) } ?? Place(line: 1, column: 1) }

    /// Whether nothing is written, or what says so.
    var isNull: Bool {
        guard let scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// Whether it says no, in one of the ways in which that is written.
    var isOff: Bool { scalar.map { ["off", "false", "no"].contains($0.string) } ?? false }

    /// Whether it is no value of its own, but stands for one that is elsewhere, or says what it is.
    var refusal: String? {
        if let scalar, scalar.style == .plain, ScalarEscaping.isAlias(scalar.string) {
            return "an alias (\(ShownText.plain(ScalarEscaping.revealed(scalar.string)))) cannot be here; "
                + "what sources have in common goes under \"defaults\""
        }
        return isTagged ? "a tag (!) cannot be here; no value needs one" : nil
    }

    /// The parser gives some values tags of its own, as if they stood there.
    private var isTagged: Bool {
        switch self {
        case .scalar(let scalar): scalar.tag != .implicit && scalar.tag != Tag(.str)
        case .mapping(let mapping): mapping.tag != .implicit && mapping.tag != Tag(.map)
        case .sequence(let sequence): sequence.tag != .implicit && sequence.tag != Tag(.seq)
        case .alias: false
        }
    }

    /// What a message says of it: `is 5`, `is a mapping`.
    var shown: String {
        switch self {
        case .scalar(let scalar):
            isNull ? "has no value" : "is \(ShownText.value(ScalarEscaping.revealed(scalar.string)))"
        case .mapping: "is a mapping"
        case .sequence(let list): list.isEmpty ? "is an empty list" : "is \(Self.shown(list))"
        case .alias: "is an alias"
        }
    }

    /// A short list as it is written.
    private static func shown(_ list: Node.Sequence) -> String {
        let texts = list.prefix(6).map { $0.text.map(ShownText.plain) }
        guard list.count <= 6, texts.allSatisfy({ $0 != nil }) else { return "a list" }
        return "[\(texts.compactMap { $0 }.joined(separator: ", "))]"
    }
}
