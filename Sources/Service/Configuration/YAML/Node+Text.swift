import Basics
import Capture
import Yams

extension Node {
    /// Text of a scalar; `nil` for a mapping or a list.
    var text: String? { scalar.map { ScalarEscaping.revealed($0.string) } }

    var place: Place { mark.map { Place($0) } ?? Place(line: 1, column: 1) }

    var isNull: Bool {
        guard let scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// Whether the value is `off`, in any of YAML's spellings.
    var isOff: Bool { scalar.map { ["off", "false", "no"].contains($0.string) } ?? false }

    /// Reason to refuse the node whatever the key: an alias or a tag.
    var refusal: String? {
        if let scalar, scalar.style == .plain, ScalarEscaping.isAlias(scalar.string) {
            return "aliases (\(ShownText.plain(ScalarEscaping.revealed(scalar.string)))) are not supported; "
                + "put the settings that sources share under \"defaults\""
        }
        return isTagged ? "tags (!) are not supported" : nil
    }

    /// Whether the file gives the node a tag. The parser gives some nodes implicit tags.
    private var isTagged: Bool {
        switch self {
        case .scalar(let scalar): scalar.tag != .implicit && scalar.tag != Tag(.str)
        case .mapping(let mapping): mapping.tag != .implicit && mapping.tag != Tag(.map)
        case .sequence(let sequence): sequence.tag != .implicit && sequence.tag != Tag(.seq)
        case .alias: false
        }
    }

    /// Predicate for messages: `is 5`, `is a mapping`.
    var shown: String {
        switch self {
        case .scalar(let scalar):
            isNull ? "has no value" : "is \(ShownText.value(ScalarEscaping.revealed(scalar.string)))"
        case .mapping: "is a mapping"
        case .sequence(let list): list.isEmpty ? "is an empty list" : "is \(Self.shown(list))"
        case .alias: "is an alias"
        }
    }

    /// Returns a short list as it is written.
    private static func shown(_ list: Node.Sequence) -> String {
        let texts = list.prefix(6).map { $0.text.map(ShownText.plain) }
        guard list.count <= 6, texts.allSatisfy({ $0 != nil }) else { return "a list" }
        return "[\(texts.compactMap { $0 }.joined(separator: ", "))]"
    }
}

/// Quotation of the file in messages: on one line, shortened, and without what may be secret in an address, wherever it
/// was written.
enum ShownText {
    private static let longest = 60

    /// Returns a text in quotation marks, unless it is a number.
    static func value(_ text: String) -> String {
        Units.number(text) != nil ? text : quoted(text)
    }

    /// Returns a text in quotation marks.
    static func quoted(_ text: String) -> String { "\"\(plain(text))\"" }

    /// Returns a text as far as it may be shown.
    static func plain(_ text: String) -> String {
        let whole = whole(text)
        return whole.count > longest ? whole.prefix(longest) + "…" : whole
    }

    /// Returns a text as far as it may be shown, at any length.
    static func whole(_ text: String) -> String { printable(redacted(text)) }

    private static func redacted(_ text: String) -> String {
        guard text.contains("@") || text.contains("?") || text.contains("://") else { return text }
        if let address = try? SourceAddress(text) {
            if case .stream(let url) = address { return "\(url)" }
            if case .file(_, let loops) = address, loops, !text.contains("@") { return text }
        }
        return "…"
    }
}
