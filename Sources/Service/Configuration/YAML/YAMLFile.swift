import Yams

/// Parser of YAML files. It returns nodes with their positions, or what is wrong and where, in bounded time whatever the
/// bytes are.
enum YAMLFile {
    /// Reason to refuse the file.
    struct Refusal: Error, Equatable {
        let place: Place
        let text: String
    }

    /// Bytes of a file at most. The configuration of a thousand cameras is smaller.
    static let largest = 1 << 20
    /// Duplicate keys at most. The file is parsed again for each.
    private static let mostDuplicates = 20
    /// Characters that are parsed again at most.
    private static let mostRepeated = 2 << 20

    /// - Returns: the root node; `nil` for an empty file.
    static func read(_ bytes: [UInt8]) throws(Refusal) -> Node? {
        guard bytes.count <= largest else {
            throw Refusal(place: Place(line: 1, column: 1), text: "the file is larger than \(largest >> 20) MiB")
        }
        return try compose(ScalarEscaping.hideAliases(try characters(bytes)))
    }

    /// Decodes the bytes, and refuses characters that YAML does not allow.
    private static func characters(_ bytes: [UInt8]) throws(Refusal) -> [Unicode.Scalar] {
        let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
        var text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        if text.first == "\u{FEFF}" { text.removeFirst() }  // byte order mark, which some editors write
        if let bad = text.firstIndex(where: { isUTF8 ? !isAllowed($0) : $0 == "\u{FFFD}" }) {
            let place = place(of: bad, in: text)
            let name = String(text[bad].value, radix: 16, uppercase: true)
            let code = String(repeating: "0", count: max(0, 4 - name.count)) + name
            let text = isUTF8 ? "the character U+\(code) is not allowed" : "the file is not UTF-8 text"
            throw Refusal(place: place, text: text)
        }
        return withoutReturns(text)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xFEFE, 0xFF00...0xFFFD, 0x10000...:
            !ScalarEscaping.isReserved(scalar)
        default: false
        }
    }

    /// Converts all line ends to line feeds.
    private static func withoutReturns(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard text.contains("\r") else { return text }
        return text.indices.compactMap { index in
            guard text[index] == "\r" else { return text[index] }
            return index + 1 < text.count && text[index + 1] == "\n" ? nil : "\n"
        }
    }

    private static func place(of index: Int, in text: [Unicode.Scalar]) -> Place {
        let before = text[..<index]
        let start = before.lastIndex(of: "\n").map { $0 + 1 } ?? 0
        return Place(line: 1 + before.count { $0 == "\n" }, column: 1 + index - start)
    }

    private static func index(of place: Place, in text: [Unicode.Scalar]) -> Int {
        var line = 1
        var start = 0
        while line < place.line, let end = text[start...].firstIndex(of: "\n") {
            start = end + 1
            line += 1
        }
        return start + place.column - 1
    }

    // MARK: - Parsing

    /// Parses the characters. The parser refuses a file at the first duplicate key. The key is escaped, and reported when
    /// the mapping is read, with everything else that is wrong.
    private static func compose(_ characters: [Unicode.Scalar]) throws(Refusal) -> Node? {
        var text = characters
        var attempts = 1
        while true {
            do {
                let yaml = String(String.UnicodeScalarView(text))
                return try Parser(yaml: yaml, resolver: .basic, encoding: .utf8).singleRoot()
            } catch YamlError.duplicatedKeysInMapping(_, let context) {
                let place = Place(context.mark)
                attempts += 1
                guard attempts <= mostDuplicates, attempts * text.count <= mostRepeated,
                    ScalarEscaping.hideKey(at: index(of: place, in: text), in: &text)
                else {
                    throw Refusal(place: place, text: "duplicate key")
                }
            } catch {
                throw refusal(error, text)
            }
        }
    }

    private static func refusal(_ error: any Error, _ text: [Unicode.Scalar]) -> Refusal {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let place = Place(mark)
            let start = index(of: place, in: text)
            if text.indices.contains(start), text[start] == "\t" {
                return Refusal(place: place, text: "tabs are not allowed here; indent with spaces")
            }
            return Refusal(place: place, text: sentence(problem, context))
        case YamlError.memory:
            return Refusal(place: Place(line: 1, column: 1), text: tooDeep)
        default:
            return Refusal(place: Place(line: 1, column: 1), text: "the file is not YAML")
        }
    }

    private static let tooDeep = "mappings and lists are nested too deeply"

    private static func sentence(_ problem: String, _ context: YamlError.Context?) -> String {
        if problem.hasPrefix("Maximum nesting level") { return tooDeep }
        if problem == "but found another document" { return "a second document begins here; only one is allowed" }
        let circumstances = context.map { ", \($0.text) that begins in line \($0.mark.line)" } ?? ""
        return "the file is not YAML: \(problem)\(circumstances)"
    }
}

extension Place {
    init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}

/// Escaping of characters that the YAML parser must not interpret. Each is replaced by one other character, so that lines
/// and columns stay the same.
enum ScalarEscaping {
    /// Replacement of the asterisk, which begins an alias and nothing else. Nested aliases can expand to more than fits
    /// into memory.
    private static let asterisk: Unicode.Scalar = "\u{E001}"
    /// Offset added to a letter of a duplicate key, which the parser would refuse.
    private static let keyOffset: UInt32 = 0xF0000

    /// Whether a character is a replacement, and must not be in a file.
    static func isReserved(_ scalar: Unicode.Scalar) -> Bool { scalar == asterisk || scalar.value >= keyOffset }

    /// Replaces asterisks.
    static func hideAliases(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        text.map { $0 == "*" ? asterisk : $0 }
    }

    /// Changes a duplicate key into another key.
    ///
    /// - Parameter start: the index of the key.
    /// - Returns: `false` if the key has no letter that can be replaced.
    static func hideKey(at start: Int, in text: inout [Unicode.Scalar]) -> Bool {
        guard text.indices.contains(start) else { return false }
        var place = "\"'".unicodeScalars.contains(text[start]) ? start + 1 : start
        // The third key of a name needs a second letter.
        while text.indices.contains(place), isReserved(text[place]) { place += 1 }
        guard text.indices.contains(place), isLetter(text[place]),
            let other = Unicode.Scalar(text[place].value + keyOffset)
        else {
            return false
        }
        text[place] = other
        return true
    }

    /// Whether a character can stand anywhere in a key, and has no meaning in YAML.
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }

    /// Whether a scalar is an alias.
    static func isAlias(_ text: String) -> Bool { text.unicodeScalars.first == asterisk }

    /// Returns the text as it is in the file.
    static func revealed(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isReserved) else { return text }
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            if scalar == asterisk { return "*" }
            return scalar.value >= keyOffset ? Unicode.Scalar(scalar.value - keyOffset) ?? scalar : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
