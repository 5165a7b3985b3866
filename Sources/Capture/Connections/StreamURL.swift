import Basics

/// URL of a network stream. Printing shows only its scheme, host, port and a short hash of the rest, which may contain
/// secrets.
package struct StreamURL: Equatable, Hashable, Sendable {
    /// Scheme in lower case, as `rtsp`.
    package let scheme: String
    /// Host and port, as they were given.
    package let host: String
    private let userInfo: String?
    /// Path, query and fragment.
    private let rest: String

    /// Supported schemes.
    package static let schemes = ["rtsp", "rtsps", "http", "https", "rtmp", "rtmps", "srt", "tcp", "udp", "rtp"]

    /// Parses a URL.
    ///
    /// - Parameter text: `scheme://[user[:password]@]host[:port][/path][?query]`.
    /// - Throws: ``AddressError``, which does not repeat secrets.
    package init(_ text: String) throws(AddressError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let scheme = parts[0].lowercased()
        guard parts.count == 2, parts[1].hasPrefix("//") else { throw .notAnAddress }
        guard Self.schemes.contains(scheme) else { throw .unknownScheme(scheme) }
        let behind = parts[1].dropFirst(2)
        let end = behind.firstIndex { "/?#".contains($0) } ?? behind.endIndex
        let authority = behind[..<end]
        let at = authority.lastIndex(of: "@")
        host = String(at.map { authority[authority.index(after: $0)...] } ?? authority)
        userInfo = at.map { String(authority[..<$0]) }
        rest = String(behind[end...])
        self.scheme = scheme
        // An unescaped slash or question mark in a password would end the host, and part of the password be printed.
        guard !host.isEmpty, Self.hasNumericPort(host), !rest.contains("@") else { throw .unreadableHost }
    }

    private init(scheme: String, host: String, userInfo: String?, rest: String) {
        self.scheme = scheme
        self.host = host
        self.userInfo = userInfo
        self.rest = rest
    }

    private static func hasNumericPort(_ host: String) -> Bool {
        let bracket = host.lastIndex(of: "]").map { host[$0...] } ?? host[...]
        guard let colon = bracket.firstIndex(of: ":") else { return true }
        return bracket[bracket.index(after: colon)...].allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// Host and port, with the scheme's default port if none is given.
    var hostAndPort: String {
        let usual = ["https": 443, "rtsps": 322, "rtmps": 443, "http": 80, "rtsp": 554, "rtmp": 1935]
        let bracket = host.lastIndex(of: "]").map { host[$0...] } ?? host[...]
        return bracket.contains(":") ? host : usual[scheme].map { "\(host):\($0)" } ?? host
    }

    /// Whether the stream is encrypted with TLS.
    package var isEncrypted: Bool { ["https", "rtsps", "rtmps"].contains(scheme) }

    /// Whether it may contain secrets: a user, a query, or values in the path.
    package var hasSecrets: Bool { userInfo != nil || rest.contains { "?=".contains($0) } }

    /// Whether it contains a user.
    package var hasCredentials: Bool { userInfo != nil }

    /// Host and user of the login; `nil` without a user.
    package var login: StreamLogin? {
        userInfo.map { info in
            StreamLogin(host: hostAndPort, user: percentDecoded(String(info.prefix { $0 != ":" })))
        }
    }

    /// Returns the URL with other credentials.
    package func with(_ credentials: Credentials) -> StreamURL {
        StreamURL(scheme: scheme, host: host, userInfo: credentials.userInfo, rest: rest)
    }

    /// Whole URL with its secrets. For libavformat only.
    var exposed: String { "\(scheme)://\(userInfo.map { $0 + "@" } ?? "")\(host)\(rest)" }

    /// URL without secrets. Paths may contain passwords and tokens, too. Four digits of the rest's SHA-256 take its
    /// place: enough to tell two streams of one host apart, too few to verify a guessed password.
    private var shown: String {
        guard rest.count > 1 else { return "\(scheme)://\(host)" }
        let checksum = Checksum()
        Array(rest.utf8).withUnsafeBytes(checksum.update)
        return "\(scheme)://\(host)#\(checksum.finish().prefix(4))"
    }

    /// Removes the secrets of this URL from a message of a library.
    func redact(_ message: String) -> String {
        var message = Redaction.clean(message)
        for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) {
            message = message.replacing(secret, with: "…")
        }
        return message
    }

    /// Secrets of the URL, as given and percent-decoded.
    private var secrets: Set<String> {
        let query = rest.firstIndex { $0 == "?" || $0 == "#" }.map { String(rest[rest.index(after: $0)...]) }
        let password = userInfo.flatMap { info in
            info.firstIndex(of: ":").map { String(info[info.index(after: $0)...]) }
        }
        // Values of up to three letters are no secrets, and removing them would spoil every message.
        let values = (query ?? "").split(separator: "&").compactMap { part in
            part.split(separator: "=", maxSplits: 1).dropFirst().first.map(String.init)
        }.filter { $0.count > 3 }
        let path = String(rest.prefix { $0 != "?" && $0 != "#" })
        // Path components that are short or plain words are no secrets.
        let names = path.split(separator: "/").map(String.init).filter { $0.count > 5 && $0.contains { !$0.isLetter } }
        let user = userInfo.map { String($0.prefix { $0 != ":" }) }.flatMap { $0.count > 3 ? $0 : nil }
        let given =
            [userInfo, password, user, query].compactMap { $0 } + values + names + (path.count > 5 ? [path] : [])
        return Set((given + given.map(percentDecoded)).filter { !$0.isEmpty })
    }
}

extension StreamURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { shown }
    package var debugDescription: String { shown }
    package var customMirror: Mirror { Mirror(self, children: ["address": shown]) }
}

/// Host and user of a login: the key by which a camera or a recorder counts refused logins. It cannot be printed.
package struct StreamLogin: Hashable, Sendable {
    private let host: String
    private let user: String

    init(host: String, user: String) {
        self.host = host.lowercased()
        self.user = user
    }
}

extension StreamLogin: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "…" }
    package var debugDescription: String { "…" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
