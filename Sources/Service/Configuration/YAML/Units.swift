/// Conversion of durations and sizes to and from text: a number with a unit.
package enum Units {
    private static let times: [(unit: String, seconds: Double)] = [
        ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1), ("ms", 0.001),
    ]
    /// Names of the units, for messages.
    static let ofTime = "ms, s, m, h, d"
    static let ofSize = "kB, MB, GB, KiB, MiB, GiB"

    private static let sizes: [(unit: String, bytes: Double)] = [
        ("GiB", 1_073_741_824), ("MiB", 1_048_576), ("KiB", 1024), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3),
        ("B", 1),
    ]

    /// - Parameter text: such as `500ms`, `10s`, `5m`, `2h` or `7d`; `0` needs no unit.
    package static func seconds(_ text: String) -> Double? {
        if text == "0" { return 0 }
        guard let (number, unit) = split(text), let scale = times.first(where: { $0.unit == unit })?.seconds else {
            return nil
        }
        // A division, so that 500 ms is exactly half a second.
        return scale < 1 ? number / 1000 : number * scale
    }

    /// - Parameter text: such as `100kB`, `100MB`, `1GB` or `1GiB`; `0` needs no unit.
    static func bytes(_ text: String) -> Int? {
        if text == "0" { return 0 }
        guard let (number, unit) = split(text), let scale = sizes.first(where: { $0.unit == unit })?.bytes else {
            return nil
        }
        return number * scale <= 1e18 ? Int((number * scale).rounded()) : nil
    }

    /// Parses a decimal number: digits, a point, a sign, an exponent. Hexadecimal numbers, `inf` and `nan` are refused.
    package static func number(_ text: String) -> Double? {
        guard text.utf8.count <= 40, text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
            let number = Double(text), number.isFinite
        else { return nil }
        return number
    }

    private static func split(_ text: String) -> (Double, String)? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard !digits.isEmpty, let number = number(String(digits)) else { return nil }
        return (number, text.dropFirst(digits.count).drop { $0 == " " }.description)
    }

    /// Returns a duration in the largest unit in which it is an integer.
    static func text(seconds: Double) -> String {
        if seconds == 0 { return "0" }
        if seconds < 1 { return "\(text(seconds * 1000))ms" }
        let fitting = times.first { $0.seconds >= 1 && seconds.truncatingRemainder(dividingBy: $0.seconds) == 0 }
        return fitting.map { "\(text(seconds / $0.seconds))\($0.unit)" } ?? "\(text(seconds))s"
    }

    /// Returns a size in the largest unit in which it is an integer.
    static func text(bytes: Int) -> String {
        if bytes == 0 { return "0" }
        let fitting = sizes.first { $0.unit.last == "B" && !$0.unit.contains("i") && bytes % Int($0.bytes) == 0 }
        return fitting.map { "\(bytes / Int($0.bytes))\($0.unit)" } ?? "\(bytes)B"
    }

    /// Returns a number without superfluous decimals.
    static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}
