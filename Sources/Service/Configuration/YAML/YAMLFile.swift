import Yams

/// The bytes of a YAML file, to nodes that know where they stand. Whatever the bytes are, it ends soon: with
/// nodes, or with what is wrong and where.
enum YAMLFile {
    /// Why there are no nodes.
    struct Refusal: Error, Equatable {
        let place: Place
        let text: String
    }

    /// The configuration of a thousand cameras has room in it.
    static let largest = 1 << 20
    /// Each means to parse the file once more.
    private static let mostDuplicates = 20
    /// So many characters are parsed again at most.
    private static let mostRepeated = 2 << 20

    /// - Returns: the node that everything else is in; `nil` for a file with nothing in it.
    static func read(_ bytes: [UInt8]) throws(Refusal) -> Node? {
        guard bytes.count <= largest else {
            throw Refusal(place: Place(line: 1, column: 1), text: "the file is larger than \(largest >> 20) MiB")
        }
        return try compose(ScalarEscaping.hideAliases(try characters(bytes)))
    }

    /// The characters, if all of them are such as may be there.
    private static func characters(_ bytes: [UInt8]) throws(Refusal) -> [Unicode.Scalar] {
        let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
        var text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        if text.first == "\u{FEFF}" { text.removeFirst() }  // some editors begin a file with it
        if let bad = text.firstIndex(where: { isUTF8 ? !isAllowed($0) : $0 == "\u{FFFD}" }) {
            let place = place(of: bad, in: text)
            let name = String(text[bad].value, radix: 16, uppercase: true)
            let code = String(repeating: "0", count: max(0, 4 - name.count)) + name
            let text = isUTF8 ? "the character U+\(code) cannot be here" : "this is not UTF-8 text"
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

    /// All line ends are line feeds.
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

    /// A key that is there twice makes the parser refuse everything. It is disguised, and found again where
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
                    throw Refusal(place: place, text: "a key like this one is there more than once")
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
                return Refusal(place: place, text: "a tab cannot be here; YAML is indented with spaces")
            }
            return Refusal(place: place, text: sentence(problem, context))
        case YamlError.memory:
            return Refusal(place: Place(line: 1, column: 1), text: tooDeep)
        default:
            return Refusal(place: Place(line: 1, column: 1), text: "this is not YAML")
        }
    }

    private static let tooDeep = "mappings and lists are nested too deeply"

    private static func sentence(_ problem: String, _ context: YamlError.Context?) -> String {
        if problem.hasPrefix("Maximum nesting level") { return tooDeep }
        if problem == "but found another document" { return "a second document begins here; there can only be one" }
        let circumstances = context.map { ", \($0.text), which begins in line \($0.mark.line)" } ?? ""
        return "this is not YAML: \(problem)\(circumstances)"
    }
}

extension Place {
    init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}
