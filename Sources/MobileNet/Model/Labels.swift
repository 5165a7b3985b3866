import Basics

/// What the classes of a network are called, in the order of its outputs.
public struct Labels: Equatable, Sendable {
    /// One for each class.
    public let names: [String]

    public init(names: [String]) { self.names = names }

    /// Reads a list with one label a line. Empty lines at the end are passed over.
    ///
    /// - Parameters:
    ///   - path: a UTF-8 text file.
    ///   - count: how many labels there must be.
    /// - Throws: ``FileError``.
    public static func read(_ path: String, count: Int) throws(FileError) -> Labels {
        guard let text = String(validating: try Files.read(path, atMost: Files.largestText), as: UTF8.self) else {
            throw FileError(path: path, kind: .malformed, reason: "a list of labels has to be UTF-8 text")
        }
        let names = lines(of: text)
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

    /// The labels of a text with one a line, if it has no empty lines but at its end.
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
