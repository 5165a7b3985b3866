import Glibc

/// The system's words for one of its error numbers, as they stand in the middle of our sentences: "no such
/// file or directory", but "I/O error".
package func systemPhrase(_ number: Int32) -> String {
    let text = String(cString: strerror(number))
    guard let first = text.first, text.dropFirst().first?.isLowercase == true else { return text }
    return first.lowercased() + text.dropFirst()
}
