/// Removes secrets from addresses in messages: a person who may read a camera's errors may not be allowed to see the
/// camera.
///
/// Messages of libraries contain addresses of every kind, also those that a server made up (playlists, redirects).
/// Only the scheme, the host and the port of an address stay.
package enum Redaction {
    /// Replaces removed text.
    package static let mark = "…"

    /// Returns the text without users, passwords, queries and fragments of addresses, without the values of names such
    /// as `password=`, and without a server's own reason phrase.
    ///
    /// - Parameter keepsPaths: whether the paths of addresses stay. Cameras have passwords in paths, too.
    package static func clean(_ text: String, keepsPaths: Bool = false) -> String {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return lines.map { cleanLine($0, keepsPaths) }.joined(separator: "\n")
    }

    private static func cleanLine(_ line: Substring, _ keepsPaths: Bool) -> String {
        var cleaned = ""
        var word = ""
        for character in withoutReasonPhrase(line) + " " {
            guard character.isWhitespace || "\"'<>`".contains(character) else {
                word.append(character)
                continue
            }
            cleaned += cleanWord(word, keepsPaths)
            cleaned.append(character)
            word = ""
        }
        return withoutHeaders(String(cleaned.dropLast()))
    }

    // MARK: - Words

    /// Cleans a word: text without whitespace and quotation marks.
    private static func cleanWord(_ word: String, _ keepsPaths: Bool) -> String {
        let closing = word.reversed().prefix { ")],.;:!".contains($0) }
        let body = word.dropLast(closing.count)
        let end = String(closing.reversed())
        if let separator = body.firstRange(of: "://") {
            let start = body[..<separator.lowerBound].lastIndex { !isOfScheme($0) }.map { body.index(after: $0) }
            let scheme = body[(start ?? body.startIndex)..<separator.lowerBound]
            let prefix = start.map { cleanValues(body[..<$0]) } ?? ""
            return prefix + scheme.lowercased() + "://" + cleanAddress(body[separator.upperBound...], keepsPaths) + end
        }
        if let separator = body.lowercased().firstRange(of: "%3a%2f%2f") {
            let scheme = body.prefix(
                body.lowercased().distance(from: body.lowercased().startIndex, to: separator.lowerBound))
            return scheme.filter(isOfScheme) + ":" + mark + end
        }
        return cleanValues(body) + end
    }

    private static func isOfScheme(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "+.-".contains(character))
    }

    /// Cleans the text after `://`. The host begins after the last `@`, as an unescaped password may contain any character.
    private static func cleanAddress(_ text: Substring, _ keepsPaths: Bool) -> String {
        let rest = text.lastIndex { $0 == "@" }.map { text[text.index(after: $0)...] } ?? text
        let host = rest.prefix { !"/?#\\".contains($0) }
        guard hasNumericPort(host) else { return mark }
        let behind = rest[host.endIndex...]
        if isShortHash(behind) { return String(rest) }
        let path = behind.prefix { $0 != "?" && $0 != "#" }
        let query = behind.dropFirst(path.count).first.map { "\($0)\(mark)" } ?? ""
        if keepsPaths { return host + path + query }
        return host + (path.count > 1 ? "/\(mark)" : path) + (path.count > 1 ? "" : query)
    }

    /// Whether the text is the hash that tells redacted addresses of one host apart, as in `rtsp://camera.local#3f9a`.
    private static func isShortHash(_ text: Substring) -> Bool {
        text.count == 5 && text.first == "#" && text.dropFirst().allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    private static func hasNumericPort(_ host: Substring) -> Bool {
        let bracket = host.lastIndex(of: "]").map { host[$0...] } ?? host
        guard let colon = bracket.firstIndex(of: ":") else { return true }
        return bracket[bracket.index(after: colon)...].allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// Cleans a word that is not an address with a host: its query, a user in front of an `@`, and the values of
    /// ``secretNames``.
    private static func cleanValues(_ text: Substring) -> String {
        var text = text
        if let at = text.lastIndex(of: "@"), text[..<at].contains(":") { text = mark + text[at...] }
        if let mark = text.firstIndex(of: "?"), text[mark...].contains("=") { text = text[...mark] + Self.mark }
        guard text.contains("="), let secret = secretNames.lazy.compactMap({ place(of: $0, in: text) }).min() else {
            return String(text)
        }
        return text[..<secret] + mark
    }

    /// Returns where the value of a name begins.
    private static func place(of name: String, in text: Substring) -> String.Index? {
        text.firstRange(of: name + "=").map(\.upperBound)
            ?? text.lowercased().firstRange(of: name + "=").flatMap { range in
                let lower = text.lowercased()
                return text.index(
                    text.startIndex, offsetBy: lower.distance(from: lower.startIndex, to: range.upperBound),
                    limitedBy: text.endIndex)
            }
    }

    private static let secretNames = [
        "user", "usr", "username", "login", "password", "passwd", "passphrase", "pass", "pwd", "token", "auth", "key",
        "secret", "sig", "signature", "session", "sid", "credential", "credentials",
    ]

    // MARK: - Messages of libraries

    /// Removes the reason phrase from messages of libavformat: "method DESCRIBE failed: 404 Reason Of The Server".
    private static func withoutReasonPhrase(_ line: Substring) -> String {
        guard let method = line.firstRange(of: "method "),
            let failed = line[method.upperBound...].firstRange(of: " failed: "),
            case let digits = line[failed.upperBound...].prefix(while: \.isNumber), digits.count == 3
        else { return String(line) }
        return String(line[..<digits.endIndex]) + (line.hasSuffix(")") ? ")" : "")
    }

    /// Removes the rest of a line after the name of a header that contains credentials.
    private static func withoutHeaders(_ line: String) -> String {
        let lower = line.lowercased()
        for header in ["authorization:", "cookie:"] {
            guard let range = lower.firstRange(of: header) else { continue }
            return line.prefix(lower.distance(from: lower.startIndex, to: range.upperBound)) + " \(mark)"
        }
        return line
    }
}
