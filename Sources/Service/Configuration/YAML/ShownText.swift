import Basics
import Capture

/// How messages repeat what stands in the configuration: on one line, not too much of it, and without what may
/// be secret in an address, wherever it was written.
enum ShownText {
    private static let longest = 60

    /// Between quotation marks, unless it is a number.
    static func value(_ text: String) -> String {
        Units.number(text) != nil ? text : quoted(text)
    }

    /// Between quotation marks.
    static func quoted(_ text: String) -> String { "\"\(plain(text))\"" }

    /// As it is, as far as it may be shown.
    static func plain(_ text: String) -> String {
        let whole = whole(text)
        return whole.count > longest ? whole.prefix(longest) + "…" : whole
    }

    /// The same, however long it is.
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
