import Basics

/// Text in JSON (RFC 8259), such that a terminal can show it: besides what JSON wants, everything is escaped that
/// ``printable(_:)`` would not print.
enum JSONText {
    /// Adds a text as it stands between quotation marks.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": bytes += [UInt8(ascii: "\\"), UInt8(ascii: scalar)]
            case "\n": bytes += Array("\\n".utf8)
            case "\r": bytes += Array("\\r".utf8)
            case "\t": bytes += Array("\\t".utf8)
            default: append(scalar, to: &bytes)
            }
        }
    }

    static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        if scalar.isASCII, scalar.isPrintable {
            bytes.append(UInt8(ascii: scalar))
        } else if scalar.isPrintable {
            bytes += Array(String(scalar).utf8)
        } else {
            for unit in String(scalar).utf16 { bytes += escaped(unit) }
        }
    }

    private static func escaped(_ unit: UInt16) -> [UInt8] {
        let digits = String(unit, radix: 16)
        return Array(("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8)
    }
}

extension LoggedLine {
    /// A line of a log that somebody else may have written, such that a terminal can show it. What it says as JSON
    /// stays the same.
    ///
    /// - Parameter line: with or without its line feed.
    package static func printable(_ line: [UInt8]) -> [UInt8] {
        let end = line.last == UInt8(ascii: "\n") ? line.count - 1 : line.count
        guard line[..<end].contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return line }
        var bytes: [UInt8] = []
        for scalar in String(decoding: line[..<end], as: UTF8.self).unicodeScalars {
            JSONText.append(scalar, to: &bytes)
        }
        return bytes + line[end...]
    }
}
