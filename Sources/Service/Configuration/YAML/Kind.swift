import Basics
import Events
import Yams

/// What a value has to be.
struct ValueParser<Value: Sendable>: Sendable {
    /// In words that follow "it has to be", as "a number from 0 to 1".
    var wanted: String
    /// Whether messages may repeat what is there instead. What may be a password is not repeated.
    var isShown = true
    /// What may have been meant.
    var hint: @Sendable (String) -> String? = { _ in nil }
    /// The value; `nil` if it is none of the kind.
    let read: @Sendable (Node) -> Value?
}

extension ValueParser {
    /// - Parameter parse: makes the value of what is written, without quotation marks.
    static func scalar(_ wanted: String, _ parse: @escaping @Sendable (String) -> Value?) -> ValueParser {
        ValueParser(wanted: wanted, read: { node in node.text.flatMap(parse) })
    }

    /// One of a few words.
    static func choice(_ choices: [(name: String, value: Value)]) -> ValueParser {
        let names = choices.map(\.name)
        var kind = ValueParser.scalar(names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")) { text in
            choices.first { $0.name == text }?.value
        }
        kind.hint = { nearestNames(to: $0.lowercased(), among: Set(names)).first }
        return kind
    }

    /// The same, or a word that stands for something else.
    func or(_ word: String, _ value: Value) -> ValueParser {
        var kind = ValueParser(wanted: "\(wanted), or \(word)", isShown: isShown) { [read] node in
            node.text == word || (word == "off" && node.isOff) ? value : read(node)
        }
        kind.hint = { [hint] text in nearestNames(to: text, among: [word]).first ?? hint(text) }
        return kind
    }

    /// The same kind of value, or none.
    func optional(_ word: String) -> ValueParser<Value?> {
        ValueParser<Value?>(wanted: wanted, isShown: isShown, hint: hint) { [read] node in read(node).map(Optional.some)
        }.or(word, nil)
    }

    func map<Other: Sendable>(_ transform: @escaping @Sendable (Value) -> Other) -> ValueParser<Other> {
        ValueParser<Other>(wanted: wanted, isShown: isShown, hint: hint) { [read] node in read(node).map(transform) }
    }
}

extension ValueParser where Value == Double {
    /// - Parameter aboveLeast: whether the least number itself is not allowed.
    static func number(_ range: ClosedRange<Double>, aboveLeast: Bool = false) -> ValueParser {
        let ends = (Units.text(range.lowerBound), Units.text(range.upperBound))
        return .scalar(
            aboveLeast ? "a number above \(ends.0), up to \(ends.1)" : "a number from \(ends.0) to \(ends.1)"
        ) { text in
            Units.number(text).flatMap { range.contains($0) && !(aboveLeast && $0 == range.lowerBound) ? $0 : nil }
        }
    }

    /// In seconds.
    static func time(_ range: ClosedRange<Double>) -> ValueParser {
        let ends = "\(Units.text(seconds: range.lowerBound)) to \(Units.text(seconds: range.upperBound))"
        var kind = ValueParser.scalar("a time with its unit (ms, s, m, h, d), from \(ends)") { text in
            Units.seconds(text).flatMap { range.contains($0) ? $0 : nil }
        }
        kind.hint = { text in Units.number(text).flatMap { range.contains($0) ? text + "s" : nil } }
        return kind
    }
}

extension ValueParser where Value == Int {
    static func count(_ range: ClosedRange<Int>) -> ValueParser {
        .scalar("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            // Not what else `Int` takes for one, as +5.
            guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(text) else { return nil }
            return range.contains(number) ? number : nil
        }
    }

    /// In bytes.
    static func size(_ range: ClosedRange<Int>) -> ValueParser {
        let ends = "\(Units.text(bytes: range.lowerBound)) to \(Units.text(bytes: range.upperBound))"
        var kind = ValueParser.scalar("a size with its unit (kB, MB, GB, KiB, MiB, GiB), from \(ends)") { text in
            Units.bytes(text).flatMap { range.contains($0) ? $0 : nil }
        }
        kind.hint = { text in
            let meant = text.uppercased().replacing("K", with: "k")
            return ["\(meant)B", meant].first { Units.bytes($0).map(range.contains) == true }
        }
        return kind
    }
}

extension ValueParser where Value == Bool {
    static var flag: ValueParser {
        .scalar("on or off") { text in
            ["on", "true", "yes"].contains(text) ? true : ["off", "false", "no"].contains(text) ? false : nil
        }
    }
}

extension ValueParser where Value == String {
    /// Of a file or a folder. A service has no folder of its own that a path could begin at.
    static var path: ValueParser {
        .scalar("an absolute path") { text in
            text.hasPrefix("/") && text.utf8.count < 4096 && !text.hasSuffix("\n") ? text : nil
        }
    }
}

extension ValueParser where Value == [Double] {
    /// - Parameter wanted: says how many there have to be, and what they are.
    static func numbers(_ count: Int, _ wanted: String) -> ValueParser {
        ValueParser(wanted: wanted) { node in
            guard case .sequence(let list) = node, list.count == count else { return nil }
            let numbers = list.compactMap { $0.text.flatMap(Units.number) }
            return numbers.count == count ? numbers : nil
        }
    }
}
