import Basics
import Events
import Yams

/// Parser of the values of a key: what they may be, and how they are read and written.
struct ValueParser<Value: Sendable>: Sendable {
    /// Values that are allowed, in words that follow "it must be", such as "a number from 0 to 1".
    var wanted: String
    /// Whether messages may repeat a refused value. A value that may be a password is not repeated.
    var isShown = true
    /// Returns a correction of a refused value, if one is likely.
    var hint: @Sendable (String) -> String? = { _ in nil }
    /// Returns a value as the configuration file has it; `nil` where the key has no default.
    var text: @Sendable (Value) -> String? = { _ in nil }
    /// Returns the value of a node, or `nil` if the node is refused.
    let read: @Sendable (Node) -> Value?
}

// MARK: - Combining parsers

extension ValueParser {
    /// Parser of scalars.
    ///
    /// - Parameter parse: receives the scalar without its quotation marks.
    static func scalar(
        _ wanted: String, text: @escaping @Sendable (Value) -> String? = { _ in nil },
        _ parse: @escaping @Sendable (String) -> Value?
    ) -> ValueParser {
        ValueParser(wanted: wanted, text: text, read: { node in node.text.flatMap(parse) })
    }

    /// Parser of a few words.
    static func choice(
        _ choices: [(name: String, value: Value)], text: @escaping @Sendable (Value) -> String? = { _ in nil }
    ) -> ValueParser {
        let names = choices.map(\.name)
        let wanted = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        var parser = ValueParser.scalar(wanted, text: text) { word in choices.first { $0.name == word }?.value }
        parser.hint = { nearestNames(to: $0.lowercased(), among: Set(names)).first }
        return parser
    }

    /// Accepts a word, too, which stands for a value.
    func or(_ word: String, _ value: Value) -> ValueParser {
        var parser = ValueParser(wanted: "\(wanted), or \(word)", isShown: isShown, text: text) { [read] node in
            node.text == word || (word == "off" && node.isOff) ? value : read(node)
        }
        parser.hint = { [hint] text in nearestNames(to: text, among: [word]).first ?? hint(text) }
        return parser
    }

    /// Accepts a word, too, which stands for `nil`.
    func optional(_ word: String) -> ValueParser<Value?> {
        ValueParser<Value?>(
            wanted: wanted, isShown: isShown, hint: hint, text: { [text] value in value.map(text) ?? word }
        ) { [read] node in read(node).map(Optional.some) }.or(word, nil)
    }

    /// Parser of the same values where `nil` stands for a key that is absent.
    var inherited: ValueParser<Value?> {
        ValueParser<Value?>(
            wanted: wanted, isShown: isShown, hint: hint,
            text: { [text] value in value.map(text) ?? ConfigurationReference.inherited }
        ) { [read] node in read(node).map(Optional.some) }
    }
}

extension ValueParser where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// Parser of the names of an enumeration's cases.
    static func cases() -> ValueParser { .choice(Value.allCases.map { ($0.rawValue, $0) }, text: { $0.rawValue }) }
}

// MARK: - Numbers, durations, sizes

extension ValueParser where Value == Double {
    /// - Parameter aboveLeast: whether the lower bound itself is refused.
    static func number(_ range: ClosedRange<Double>, aboveLeast: Bool = false) -> ValueParser {
        let (least, most) = (Units.text(range.lowerBound), Units.text(range.upperBound))
        let wanted = aboveLeast ? "a number above \(least), up to \(most)" : "a number from \(least) to \(most)"
        return .scalar(wanted, text: { Units.text($0) }) { text in
            Units.number(text).flatMap { range.contains($0) && !(aboveLeast && $0 == range.lowerBound) ? $0 : nil }
        }
    }

    /// Parser of durations, in seconds.
    static func duration(_ range: ClosedRange<Double>) -> ValueParser {
        let ends = "\(Units.text(seconds: range.lowerBound)) to \(Units.text(seconds: range.upperBound))"
        var parser = ValueParser.scalar(
            "a duration (\(Units.ofTime)) from \(ends)", text: { Units.text(seconds: $0) }
        ) { text in
            Units.seconds(text).flatMap { range.contains($0) ? $0 : nil }
        }
        parser.hint = { text in Units.number(text).flatMap { range.contains($0) ? text + "s" : nil } }
        return parser
    }
}

extension ValueParser where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> ValueParser {
        .scalar("an integer from \(range.lowerBound) to \(range.upperBound)", text: { "\($0)" }) { text in
            // `Int` accepts other spellings, such as +5.
            guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(text) else { return nil }
            return range.contains(number) ? number : nil
        }
    }

    /// Parser of sizes, in bytes.
    static func size(_ range: ClosedRange<Int>) -> ValueParser {
        let ends = "\(Units.text(bytes: range.lowerBound)) to \(Units.text(bytes: range.upperBound))"
        var parser = ValueParser.scalar("a size (\(Units.ofSize)) from \(ends)", text: { Units.text(bytes: $0) }) {
            text in
            Units.bytes(text).flatMap { range.contains($0) ? $0 : nil }
        }
        parser.hint = { text in
            let meant = text.uppercased().replacing("K", with: "k")
            return ["\(meant)B", meant].first { Units.bytes($0).map(range.contains) == true }
        }
        return parser
    }
}

extension ValueParser where Value == [Double] {
    /// - Parameter wanted: names the count and the meaning of the numbers.
    static func numbers(_ count: Int, _ wanted: String) -> ValueParser {
        ValueParser(wanted: wanted) { node in
            guard case .sequence(let list) = node, list.count == count else { return nil }
            let numbers = list.compactMap { $0.text.flatMap(Units.number) }
            return numbers.count == count ? numbers : nil
        }
    }
}

// MARK: - Words

extension ValueParser where Value == Bool {
    static var flag: ValueParser {
        .scalar("on or off", text: { $0 ? "on" : "off" }) { text in
            ["on", "true", "yes"].contains(text) ? true : ["off", "false", "no"].contains(text) ? false : nil
        }
    }
}

extension ValueParser where Value == String {
    /// Parser of the path of a file or folder. It must be absolute because a service has no working directory.
    static var path: ValueParser {
        .scalar("an absolute path", text: { $0 }) { text in
            text.hasPrefix("/") && text.utf8.count < 4096 && !text.hasSuffix("\n") ? text : nil
        }
    }
}
