import Basics

/// A JSON object on one line, its members in the order in which they are added (RFC 8259).
///
/// The same members always give the same bytes: floating-point numbers are rounded to a fixed number of decimals.
package struct JSONLine: Sendable {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// Creates an object without members.
    package init() {}

    /// Adds a string, with the escapes of ``JSONText``.
    package mutating func add(_ key: String, _ value: String) {
        addKey(key)
        addString(value)
    }

    /// Adds a string, or nothing for nil.
    package mutating func add(_ key: String, _ value: String?) {
        if let value { add(key, value) }
    }

    /// Adds an integer.
    package mutating func add(_ key: String, _ value: Int) {
        addKey(key)
        bytes += Array(String(value).utf8)
    }

    /// Adds a Boolean.
    package mutating func add(_ key: String, _ value: Bool) {
        addKey(key)
        bytes += Array((value ? "true" : "false").utf8)
    }

    /// Adds a number rounded to some decimals, without trailing zeros.
    package mutating func add(_ key: String, _ value: Double, decimals: Int) {
        addKey(key)
        bytes += Self.number(value, decimals: decimals)
    }

    /// Adds an array of rounded numbers.
    package mutating func add(_ key: String, _ values: [Double], decimals: Int) {
        addKey(key)
        appendNumbers(values, decimals: decimals)
    }

    /// Adds an array of arrays of rounded numbers.
    package mutating func add(_ key: String, _ rows: [[Double]], decimals: Int) {
        addKey(key)
        bytes.append(UInt8(ascii: "["))
        for (index, row) in rows.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            appendNumbers(row, decimals: decimals)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Adds an object.
    package mutating func add(_ key: String, _ value: JSONLine) {
        addKey(key)
        bytes += value.object
    }

    /// Adds an array of objects.
    package mutating func add(_ key: String, _ values: [JSONLine]) {
        addKey(key)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += value.object
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Adds an array of strings.
    package mutating func add(_ key: String, _ values: [String]) {
        addKey(key)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            addString(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// The object in UTF-8, without a line feed.
    package var object: [UInt8] { bytes + [UInt8(ascii: "}")] }

    /// The object in UTF-8, with a line feed.
    package var line: [UInt8] { object + [UInt8(ascii: "\n")] }

    private mutating func addKey(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        addString(key)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func addString(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        JSONText.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendNumbers(_ values: [Double], decimals: Int) {
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += Self.number(value, decimals: decimals)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Decimal digits of a rounded number. NaN and infinity, which JSON lacks, become 0.
    private static func number(_ value: Double, decimals: Int) -> [UInt8] {
        var unit = 1
        for _ in 0..<decimals { unit *= 10 }
        let scaled = (value * Double(unit)).rounded()
        guard abs(scaled) < 1e18 else { return Array("0".utf8) }
        let whole = Int(scaled)
        var text = whole < 0 ? "-" : ""
        text += String(whole.magnitude / UInt(unit))
        var fraction = String(whole.magnitude % UInt(unit))
        fraction = String(repeating: "0", count: max(0, decimals - fraction.count)) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        if !fraction.isEmpty, decimals > 0 { text += "." + fraction }
        return Array(text.utf8)
    }
}

/// Strings in JSON (RFC 8259) that are safe to print on a terminal: besides the escapes of JSON, all characters are
/// escaped that ``printable(_:)`` would not print.
enum JSONText {
    /// Appends the escaped characters of a string, without quotation marks.
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

    /// Appends a character, escaped if it is not printable.
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
