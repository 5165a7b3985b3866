import Basics
import FoundationEssentials

/// An image of which it is known what is in it.
package struct LabelledImage: Equatable, Sendable {
    /// Where it is.
    package var path: String
    /// What is in it, as the folder or the list says.
    package var label: String

    package init(path: String, label: String) {
        self.path = path
        self.label = label
    }

    /// Those of a folder that has a folder for each label, or of a list with a path and a label on each line.
    ///
    /// - Throws: ``FileError`` if it cannot be read, or says nothing of any image.
    package static func read(_ path: String) throws(FileError) -> [LabelledImage] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileError(path: path, kind: .unreadable, reason: "no such file or directory")
        }
        let pictures = isFolder ? try folder(path) : try list(path)
        guard !pictures.isEmpty else {
            let wanted = isFolder ? "a folder for each label, with images in it" : "a path and a label on each line"
            throw FileError(path: path, kind: .malformed, reason: "no images; wanted is \(wanted)")
        }
        return pictures
    }

    // MARK: - Folders

    private static func folder(_ path: String) throws(FileError) -> [LabelledImage] {
        var pictures: [LabelledImage] = []
        for label in try names(in: path) {
            let folder = "\(path)/\(label)"
            var isFolder = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else { continue }
            pictures += try names(in: folder).map { LabelledImage(path: "\(folder)/\($0)", label: label) }
        }
        return pictures
    }

    /// In order, without those that hide.
    private static func names(in folder: String) throws(FileError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw FileError(path: folder, kind: .unreadable, reason: "the folder cannot be listed")
        }
    }

    // MARK: - Lists

    /// Paths are meant from where the list is.
    private static func list(_ path: String) throws(FileError) -> [LabelledImage] {
        guard let text = String(validating: try Files.read(path), as: UTF8.self) else {
            throw FileError(path: path, kind: .malformed, reason: "a list of images has to be UTF-8 text")
        }
        let base = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().map { $0 + "/" }.joined()
        var pictures: [LabelledImage] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            guard let fields = CommaSeparated.fields(of: line), fields.count == 2, !fields[0].isEmpty,
                !fields[1].isEmpty
            else {
                throw FileError(
                    path: path, kind: .malformed, reason: "line \(index + 1): not a path, a comma and a label")
            }
            if index == 0, ["file", "path", "image", "filename"].contains(fields[0].lowercased()) { continue }
            pictures.append(
                LabelledImage(path: fields[0].hasPrefix("/") ? fields[0] : base + fields[0], label: fields[1]))
        }
        return pictures
    }
}
