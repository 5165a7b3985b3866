/// The name of a format in V4L2: four characters, as `YUYV` or `MJPG`.
package struct FourCC: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The characters, the first one in the lowest byte. The highest bit says "big-endian".
    package let code: UInt32

    package init(code: UInt32) { self.code = code }

    /// - Parameter name: up to four characters of ASCII; spaces at the end may be left out.
    package init?(name: String) {
        guard (1...4).contains(name.utf8.count), name.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            return nil
        }
        self.init(characters: name)
    }

    package init(stringLiteral name: StaticString) { self.init(characters: name.description) }

    private init(characters: String) {
        let spaces = Array(repeating: UInt8(ascii: " "), count: 4)
        code = (characters.utf8 + spaces).prefix(4).enumerated().reduce(0) {
            $0 | UInt32($1.element) << (8 * UInt32($1.offset))
        }
    }

    /// The characters, without spaces at the end.
    package var description: String {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: (code & 0x7FFF_FFFF) >> (8 * UInt32($0))) }
        let letters = bytes.map { (0x20..<0x7F).contains($0) ? Character(UnicodeScalar($0)) : "?" }
        let name = String(letters[...(letters.lastIndex { $0 != " " } ?? 0)])
        return code >> 31 == 1 ? name + "-BE" : name
    }
}
