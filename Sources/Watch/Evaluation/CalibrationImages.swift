import Basics
import Capture
import FoundationEssentials

/// Images to calibrate a quantized network with: of a folder and the folders in it, or the frames of a video.
package struct CalibrationImages: Sendable {
    private let path: String
    private let files: [String]
    private let isFolder: Bool

    /// Finds the images.
    ///
    /// - Parameter path: a folder, a video, or an image.
    /// - Throws: ``FileError`` if there is no such file, or the folder has no files.
    package init(path: String) throws(FileError) {
        self.path = path
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileError(path: path, kind: .unreadable, reason: "no such file or folder")
        }
        self.isFolder = isFolder
        files = isFolder ? try Self.files(in: path) : []
        guard !isFolder || !files.isEmpty else {
            throw FileError(path: path, kind: .malformed, reason: "no files in the folder; expected images")
        }
    }

    /// Lists the files of a folder and of the folders in it, without hidden ones.
    private static func files(in folder: String) throws(FileError) -> [String] {
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
            throw FileError(path: folder, kind: .unreadable, reason: "the folder cannot be listed")
        }
        return names.sorted().filter { name in
            guard !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { return false }
            var isFolder = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder) && !isFolder
        }
        .map { "\(folder)/\($0)" }
    }

    /// Reads images, evenly spaced over the folder or the video.
    ///
    /// - Parameters:
    ///   - most: largest number of images.
    ///   - width: width of the network's input, in pixels.
    ///   - height: height of the network's input, in pixels.
    ///   - complain: called with the path of a file that is no image, and the error.
    /// - Returns: the images, scaled to the input.
    /// - Throws: ``SourceError`` if the video cannot be read or the work is interrupted.
    package func read(
        atMost most: Int, width: Int, height: Int, fit: Fit, interruption: CancellationToken,
        complain: (String, any Error) -> Void
    ) throws -> [PixelBuffer] {
        guard isFolder else { return try frames(most, width, height, fit, interruption) }
        let count = min(most, files.count)
        var images: [PixelBuffer] = []
        for index in 0..<count {
            let file = files[index * files.count / count]
            let buffer = PixelBuffer(width: width, height: height)
            do {
                try StillImage.read(file, into: buffer, fit: fit, interruption: interruption)
                images.append(buffer)
            } catch SourceError.interrupted {
                throw SourceError.interrupted
            } catch {
                complain(file, error)
            }
        }
        return images
    }

    /// Reads frames of the video. The number of frames is not known beforehand: whenever there are twice as many as wanted,
    /// every second one is dropped, and from then on only every second frame is taken.
    private func frames(
        _ most: Int, _ width: Int, _ height: Int, _ fit: Fit, _ interruption: CancellationToken
    ) throws -> [PixelBuffer] {
        let source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: interruption)
        try source.open()
        defer { source.close() }
        let scaler = Scaler(fit: fit)
        var images: [PixelBuffer] = []
        var (step, index) = (1, 0)
        while let frame = try source.nextFrame() {
            defer { index += 1 }
            guard index % step == 0 else { continue }
            let buffer = PixelBuffer(width: width, height: height)
            try scaler.scale(frame, into: buffer)
            images.append(buffer)
            if images.count >= 2 * most {
                images = stride(from: 0, to: images.count, by: 2).map { images[$0] }
                step *= 2
            }
        }
        return images.count > most ? (0..<most).map { images[$0 * images.count / most] } : images
    }
}
