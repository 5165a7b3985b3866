/// Characters that the YAML parser must not see as what they are, and what it sees instead. Each stands in for
/// one other, so that lines and columns stay what they are.
enum ScalarEscaping {
    /// An asterisk begins an alias, and aliases of aliases can stand for more than there is memory. Nothing
    /// else in YAML is written with one.
    private static let asterisk: Unicode.Scalar = "\u{E001}"
    /// Letters of keys that are there again, which the parser would refuse, go up by this much.
    private static let keyOffset: UInt32 = 0xF0000

    /// Whether a file may not have it, because it stands in for another.
    static func isReserved(_ scalar: Unicode.Scalar) -> Bool { scalar == asterisk || scalar.value >= keyOffset }

    /// Without asterisks.
    static func hideAliases(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        text.map { $0 == "*" ? asterisk : $0 }
    }

    /// Makes a key another key.
    ///
    /// - Parameter start: where the key begins.
    /// - Returns: false if it is written in a way in which that cannot be done.
    static func hideKey(at start: Int, in text: inout [Unicode.Scalar]) -> Bool {
        guard text.indices.contains(start) else { return false }
        var place = "\"'".unicodeScalars.contains(text[start]) ? start + 1 : start
        // Of a key that is there for the third time, one letter is not enough.
        while text.indices.contains(place), isReserved(text[place]) { place += 1 }
        guard text.indices.contains(place), isLetter(text[place]),
            let other = Unicode.Scalar(text[place].value + keyOffset)
        else {
            return false
        }
        text[place] = other
        return true
    }

    /// Whether it can stand anywhere in a key, and is no sign of YAML's.
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }

    /// Whether an alias was meant.
    static func isAlias(_ text: String) -> Bool { text.unicodeScalars.first == asterisk }

    /// What was written.
    static func revealed(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isReserved) else { return text }
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            if scalar == asterisk { return "*" }
            return scalar.value >= keyOffset ? Unicode.Scalar(scalar.value - keyOffset) ?? scalar : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
