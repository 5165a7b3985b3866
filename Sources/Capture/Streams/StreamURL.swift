/// The address of a network stream. It cannot be printed with what is secret in it: the name and the
/// password before the host, and whatever comes behind a question mark.
public struct StreamURL: Equatable, Hashable, Sendable {
    /// Lower case, as `rtsp`.
    public let scheme: String
    /// Host and port, as they were given.
    public let host: String
    private let userInfo: String?
    /// The path, and what comes behind it, from the first slash on.
    private let rest: String

    /// What streams come through.
    public static let schemes = ["rtsp", "rtsps", "http", "https", "rtmp", "rtmps", "srt", "tcp", "udp", "rtp"]

    /// - Parameter text: `scheme://[user[:password]@]host[:port][/path][?query]`.
    /// - Throws: ``AddressError``, which does not repeat what may be secret.
    public init(_ text: String) throws(AddressError) {
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

    /// Whether it says who asks.
    public var hasCredentials: Bool { userInfo != nil }

    /// The same address for somebody who may see the stream.
    public func with(_ credentials: Credentials) -> StreamURL {
        StreamURL(scheme: scheme, host: host, userInfo: credentials.userInfo, rest: rest)
    }

    /// The whole address. For libavformat and nobody else.
    var exposed: String { "\(scheme)://\(userInfo.map { $0 + "@" } ?? "")\(host)\(rest)" }

    /// The address without what is secret in it.
    private var shown: String {
        let path = rest.prefix { $0 != "?" && $0 != "#" }
        return "\(scheme)://\(host)\(path)\(path.count < rest.count ? "?…" : "")"
    }

    /// A message of the libraries, which may repeat the address or parts of it, without what is secret in it.
    func redact(_ message: String) -> String {
        var message = message.replacing(exposed, with: shown)
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
        let given = [userInfo, password, query].compactMap { $0 } + values
        return Set((given + given.map(percentDecoded)).filter { !$0.isEmpty })
    }
}

extension StreamURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { shown }
    public var debugDescription: String { shown }
    public var customMirror: Mirror { Mirror(self, children: ["address": shown]) }
}
