import Glibc

/// The system's words for one of its error numbers, as they stand in the middle of our sentences: "no such
/// file or directory", but "I/O error".
package func systemPhrase(_ number: Int32) -> String {
    let text = String(cString: strerror(number))
    guard let first = text.first, text.dropFirst().first?.isLowercase == true else { return text }
    return first.lowercased() + text.dropFirst()
}

/// A text as it may be printed: on one line, and without what would move a terminal's cursor, colour it, ring its bell
/// or turn the order of letters around.
///
/// Everything that goes to a terminal or to the log passes through here: labels come out of files of weights, names of
/// files from anybody, and reasons from servers. What cannot be printed is written as its number: `\u{1b}`.
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
    /// Whether a terminal shows it, and does nothing else: it is no control character (C0, DEL, C1), ends no line, and
    /// neither hides nor reorders what is beside it, as the marks of bidirectional text do. The two joiners, of which
    /// emoji and many scripts are made, are printable.
    package var isPrintable: Bool {
        if isASCII { return value >= 0x20 && value != 0x7F }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: return false
        case .format: return value == 0x200C || value == 0x200D
        default: return true
        }
    }

    /// As Swift writes it.
    fileprivate var escaped: String { "\\u{" + String(value, radix: 16) + "}" }
}
