/// User and password of a stream. Printing redacts them.
package struct Credentials: Sendable {
    private let user: String
    private let password: String

    /// - Parameter text: `user:password` on the first line; whitespace before the user is ignored.
    /// - Returns: `nil` without a user and a colon.
    package init?(_ text: String) {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { return nil }
        user = String(line[..<colon].drop(while: \.isWhitespace))
        password = String(line[line.index(after: colon)...])
    }

    /// User information of a URL, percent-encoded (RFC 3986, section 3.2.1).
    var userInfo: String { percentEncoded(user) + ":" + percentEncoded(password) }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "…" }
    package var debugDescription: String { "…" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Percent-encodes all but the unreserved characters (RFC 3986, section 2).
private func percentEncoded(_ text: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { encoded, byte in
        if plain.contains(byte) {
            encoded.append(Character(UnicodeScalar(byte)))
        } else {
            encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
    }
}

/// Decodes percent-encoded text. A `%` without two hexadecimal digits stays.
func percentDecoded(_ text: String) -> String {
    var decoded: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
            rest.count >= 2
        {
            decoded.append(value)
            rest = rest.dropFirst(2)
        } else {
            decoded.append(byte)
        }
    }
    return String(decoding: decoded, as: UTF8.self)
}
