import Basics
import Capture
import FoundationEssentials

/// Image with its label.
package struct LabelledImage: Equatable, Sendable {
    package var path: String
    /// Label as given by the folder's name or the list.
    package var label: String

    package init(path: String, label: String) {
        self.path = path
        self.label = label
    }

    /// Lists the images of a folder that has a folder for each label, or of a file with a path and a label on each line.
    ///
    /// - Throws: ``FileError`` if it cannot be read, or has no image.
    package static func read(_ path: String) throws(FileError) -> [LabelledImage] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileError(path: path, kind: .unreadable, reason: "no such file or directory")
        }
        let images = isFolder ? try folder(path) : try list(path)
        guard !images.isEmpty else {
            let wanted = isFolder ? "a folder for each label, with images in it" : "a path and a label on each line"
            throw FileError(path: path, kind: .malformed, reason: "no images; expected \(wanted)")
        }
        return images
    }

    // MARK: - Folders

    private static func folder(_ path: String) throws(FileError) -> [LabelledImage] {
        var images: [LabelledImage] = []
        for label in try names(in: path) {
            let folder = "\(path)/\(label)"
            var isFolder = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else { continue }
            images += try names(in: folder).map { LabelledImage(path: "\(folder)/\($0)", label: label) }
        }
        return images
    }

    /// Lists a folder in order, without hidden files.
    private static func names(in folder: String) throws(FileError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw FileError(path: folder, kind: .unreadable, reason: "the folder cannot be listed")
        }
    }

    // MARK: - Lists

    /// Relative paths start at the folder of the list.
    private static func list(_ path: String) throws(FileError) -> [LabelledImage] {
        guard let text = String(validating: try Files.read(path), as: UTF8.self) else {
            throw FileError(path: path, kind: .malformed, reason: "a list of images must be UTF-8 text")
        }
        let base = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().map { $0 + "/" }.joined()
        var images: [LabelledImage] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            guard let fields = CommaSeparated.fields(of: line), fields.count == 2, !fields[0].isEmpty,
                !fields[1].isEmpty
            else {
                throw FileError(
                    path: path, kind: .malformed, reason: "line \(index + 1): not a path, a comma and a label")
            }
            if index == 0, ["file", "path", "image", "filename"].contains(fields[0].lowercased()) { continue }
            images.append(
                LabelledImage(path: fields[0].hasPrefix("/") ? fields[0] : base + fields[0], label: fields[1]))
        }
        return images
    }
}

/// Reads still images.
package enum StillImage {
    /// Reads an image, or the first frame of a video, in any format that FFmpeg supports, and scales it.
    ///
    /// - Parameter buffer: takes the image; its size is that of the network's input.
    /// - Returns: the place that the buffer shows, in normalized coordinates of the upright image.
    /// - Throws: ``SourceError``.
    @discardableResult package static func read(
        _ path: String, into buffer: PixelBuffer, fit: Fit, interruption: CancellationToken = CancellationToken()
    ) throws -> BoundingBox {
        let source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: interruption)
        try source.open()
        defer { source.close() }
        guard let frame = try source.nextFrame() else { throw SourceError.noFrames(nil) }
        do {
            let scaler = Scaler(fit: fit)
            try scaler.scale(frame, into: buffer)
            return scaler.place(in: frame, width: buffer.width, height: buffer.height)
        } catch {
            throw SourceError.malformed("the image cannot be converted: \(error)")
        }
    }
}
