import Glibc

/// Which sources an option is for: `SOURCE:VALUE` is for one, `VALUE` for all.
struct SourceScope {
    let source: String?
    let value: String

    /// - Parameter text: the name of a source may have colons in it, the value has none.
    init(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else {
            source = nil
            value = text
            return
        }
        source = String(text[..<colon])
        value = String(text[text.index(after: colon)...])
    }

    /// Whether it is for a source with that name.
    func includes(_ name: String) -> Bool { source == nil || source == name }

    /// - Throws: ``Failure`` if it is for a source that is not there.
    func check(_ option: String, sources: [String]) throws(Failure) {
        guard let source, !sources.contains(source) else { return }
        throw Failure(
            status: EX_USAGE,
            "\(option): there is no source \"\(source)\"; there is "
                + sources.map { "\"\($0)\"" }.joined(separator: ", "))
    }
}
