import Glibc

/// Returns the system's message for an error number in lower case, to be used inside a sentence: "no such file or
/// directory", but "I/O error".
package func systemPhrase(_ number: Int32) -> String {
    let text = String(cString: strerror(number))
    guard let first = text.first, text.dropFirst().first?.isLowercase == true else { return text }
    return first.lowercased() + text.dropFirst()
}

/// Escapes control characters: the result is one line that cannot move a terminal's cursor, change its colours, ring
/// its bell or reorder its letters.
///
/// All output to a terminal or to the log passes through here, because labels, file names and servers' messages are
/// untrusted. A scalar that is not printable is written as its code point: `\u{1b}`.
package func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { !$0.isPrintable }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        default: if scalar.isPrintable { result.unicodeScalars.append(scalar) } else { result += scalar.escaped }
        }
    }
    return result
}

extension Unicode.Scalar {
    /// Whether a terminal only shows the scalar: it is no control character (C0, DEL, C1), no line separator, and no
    /// mark that hides or reorders its neighbours, as those of bidirectional text do. The two joiners, which emoji and
    /// many scripts need, are printable.
    package var isPrintable: Bool {
        if isASCII { return value >= 0x20 && value != 0x7F }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: return false
        case .format: return value == 0x200C || value == 0x200D
        default: return true
        }
    }

    /// Escape sequence of Swift.
    fileprivate var escaped: String { "\\u{" + String(value, radix: 16) + "}" }
}
