import Basics

/// The address of a network stream. It cannot be printed with what is secret in it: only its scheme, host and port are
/// shown, and a few digits by which it can be told from others.
package struct StreamURL: Equatable, Hashable, Sendable {
    /// Lower case, as `rtsp`.
    package let scheme: String
    /// Host and port, as they were given.
    package let host: String
    private let userInfo: String?
    /// The path, and what comes behind it, from the first slash on.
    private let rest: String

    /// What streams come through.
    package static let schemes = ["rtsp", "rtsps", "http", "https", "rtmp", "rtmps", "srt", "tcp", "udp", "rtp"]

    /// - Parameter text: `scheme://[user[:password]@]host[:port][/path][?query]`.
    /// - Throws: ``AddressError``, which does not repeat what may be secret.
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
        // A slash or a question mark in a password ends the host too soon, and the rest of it would be printed.
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

    /// For a connection by TLS: the port that belongs to the scheme, if none is given.
    var hostAndPort: String {
        let usual = ["https": 443, "rtsps": 322, "rtmps": 443]
        let bracket = host.lastIndex(of: "]").map { host[$0...] } ?? host[...]
        return bracket.contains(":") ? host : usual[scheme].map { "\(host):\($0)" } ?? host
    }

    /// Whether what it leads to is encrypted, by TLS.
    package var isEncrypted: Bool { ["https", "rtsps", "rtmps"].contains(scheme) }

    /// Whether there is something in it that others should not read: a user, a query, or values in the path.
    package var hasSecrets: Bool { userInfo != nil || rest.contains { "?=".contains($0) } }

    /// Whether it says who asks.
    package var hasCredentials: Bool { userInfo != nil }

    /// The same address for somebody who may see the stream.
    package func with(_ credentials: Credentials) -> StreamURL {
        StreamURL(scheme: scheme, host: host, userInfo: credentials.userInfo, rest: rest)
    }

    /// The whole address. For libavformat and nobody else.
    var exposed: String { "\(scheme)://\(userInfo.map { $0 + "@" } ?? "")\(host)\(rest)" }

    /// The address without what may be secret in it. Cameras have passwords and tokens in their paths, too, so that a
    /// path is four digits of its checksum: enough to tell two of one host apart, and not to guess a password by.
    private var shown: String {
        guard rest.count > 1 else { return "\(scheme)://\(host)" }
        let checksum = Checksum()
        Array(rest.utf8).withUnsafeBytes(checksum.update)
        return "\(scheme)://\(host)#\(checksum.finish().prefix(4))"
    }

    /// A message of the libraries, which may repeat the address or parts of it, without what is secret in it.
    func redact(_ message: String) -> String {
        var message = Redaction.clean(message)
        for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) {
            message = message.replacing(secret, with: "…")
        }
        return message
    }

    /// Every text that must not be shown, as it was given and as the libraries may decode it.
    private var secrets: Set<String> {
        let query = rest.firstIndex { $0 == "?" || $0 == "#" }.map { String(rest[rest.index(after: $0)...]) }
        let password = userInfo.flatMap { info in
            info.firstIndex(of: ":").map { String(info[info.index(after: $0)...]) }
        }
        // A value of a letter or two is no secret, and taking it out would spoil every message.
        let values = (query ?? "").split(separator: "&").compactMap { part in
            part.split(separator: "=", maxSplits: 1).dropFirst().first.map(String.init)
        }.filter { $0.count > 3 }
        let path = String(rest.prefix { $0 != "?" && $0 != "#" })
        // Names of paths that are words of every message are no secrets.
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
