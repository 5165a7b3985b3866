import Basics

/// Labels of a network's classes, in the order of its outputs.
public struct Labels: Equatable, Sendable {
    /// Label of each class.
    public let names: [String]

    /// Creates labels from a list.
    public init(names: [String]) { self.names = names }

    /// Reads a text file with one label per line. Empty lines at the end are ignored.
    ///
    /// - Parameters:
    ///   - path: path of a UTF-8 text file.
    ///   - count: expected number of labels.
    ///   - allowsBackground: whether the file may have one more, of the background, which is left out.
    /// - Throws: ``FileError`` if the file cannot be read, is not UTF-8, has an empty line, or has another number of
    ///   labels.
    public static func read(
        _ path: String, count: Int, allowsBackground: Bool = false
    ) throws(FileError) -> Labels {
        guard let text = String(validating: try Files.read(path, atMost: Files.largestText), as: UTF8.self) else {
            throw FileError(path: path, kind: .malformed, reason: "a list of labels has to be UTF-8 text")
        }
        var names = lines(of: text)
        if allowsBackground { names = Labels(names: names).withoutBackground(ofClasses: count).names }
        if let empty = names.firstIndex(of: "") {
            throw FileError(path: path, kind: .malformed, reason: "line \(empty + 1) is empty; each line is a label")
        }
        guard names.count == count else {
            throw FileError(
                path: path, kind: .malformed,
                reason: "\(names.count) labels, but the network has \(count) classes; one line a class is wanted")
        }
        return Labels(names: names)
    }

    /// Returns the labels without that of the background, if it is the first or last of one more than `count`.
    func withoutBackground(ofClasses count: Int) -> Labels {
        // "???" is TensorFlow's.
        let background: Set = ["background", "__background__", "???"]
        guard names.count == count + 1, let first = names.first, let last = names.last else { return self }
        if background.contains(first.lowercased()) { return Labels(names: Array(names.dropFirst())) }
        if background.contains(last.lowercased()) { return Labels(names: Array(names.dropLast())) }
        return self
    }

    /// Parses a text with one label per line. Returns `nil` if it is empty or has an empty line before its end.
    init?(text: String) {
        let names = Self.lines(of: text)
        guard !names.isEmpty, !names.contains("") else { return nil }
        self.names = names
    }

    private static func lines(of text: String) -> [String] {
        let byteOrderMark: Character = "\u{FEFF}"
        var lines = text.drop { $0 == byteOrderMark }
            .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(trimmed)
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func trimmed(_ line: Substring) -> String {
        var line = line.drop(while: \.isWhitespace)
        while line.last?.isWhitespace == true { line.removeLast() }
        return String(line)
    }
}
