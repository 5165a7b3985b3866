import ArgumentParser
import Basics
import Capture
import Events
import Glibc
import Logging
import MobileNet
import Watch

/// Options of images and videos that show what was seen.
struct ImageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Video to write, which shows what was seen: .mp4 or .mkv.",
            discussion: """
                It has the sampled frames, with boxes, labels, ways, zones, lines and counts. For every frame of a \
                recording, add --fps all.
                """,
            valueName: "file"),
        completion: .file(extensions: ["mp4", "mkv"]))
    var annotate: String?

    @Option(
        help: ArgumentHelp(
            "Folder for the best frame of each object, as JPEG: with its box, and a crop.",
            discussion: "The `end` event names the file. A folder that does not exist is created.",
            valueName: "folder"),
        completion: .directory)
    var snapshots: String?

    /// Checks the options.
    ///
    /// - Parameter sourceCount: number of recordings or sources.
    /// - Throws: `ValidationError`.
    func check(sourceCount: Int) throws {
        guard let annotate else { return }
        if sourceCount > 1 { throw ValidationError("--annotate shows one source; there are \(sourceCount).") }
        if !VideoWriter.hasContainer(for: annotate) {
            throw ValidationError(
                "--annotate \(annotate): the name of the video ends in "
                    + VideoWriter.extensions.map { "." + $0 }.joined(separator: ", ") + ".")
        }
    }

    /// Opens the outputs.
    ///
    /// - Parameters:
    ///   - inputs: files that are read, and must not be replaced.
    ///   - waits: whether the analysis waits for the outputs: for recordings.
    ///   - task: task of the model.
    /// - Throws: ``Failure``, `FileError`.
    func open(inputs: [String], waits: Bool, task: ModelTask, _ log: Logger) throws -> FrameOutputs {
        var outputs = FrameOutputs()
        if let snapshots {
            if task != .detection { log.warning("--snapshots: there are none, because the model detects no objects") }
            let settings = SnapshotSettings(folder: snapshots)
            try SnapshotWriter.prepare(settings)
            outputs.snapshots = SnapshotWriter(settings, waits: waits) { log.warning("\($0)") }
        }
        if let annotate {
            let known = Set(inputs.compactMap(FileIdentity.init(path:)))
            if let file = FileIdentity(path: annotate), known.contains(file) {
                throw Failure(status: EX_USAGE, "\(annotate): cannot be read and written to at the same time")
            }
            let folder = Folder.split(annotate).folder
            guard access(folder, W_OK | X_OK) == 0 else {
                throw Failure(
                    status: EX_CANTCREAT,
                    "\(annotate): the video cannot be written: \(String(cString: strerror(errno)))")
            }
            outputs.video = AnnotatedVideo(path: annotate, policy: waits ? .wait : .skip)
        }
        return outputs
    }
}

extension FrameOutputs {
    /// Writes everything that waits, and closes the files.
    ///
    /// - Throws: ``Failure`` if the video could not be written. The events are complete.
    func finish(_ log: Logger) throws(Failure) {
        snapshots?.flush()
        guard let video else { return }
        video.finish()
        if video.skippedFrames > 0 {
            log.warning("\(video.path): \(video.skippedFrames) frames are missing: the encoder did not keep up")
        }
        if let failure = video.failure {
            throw Failure(status: EX_IOERR, "\(video.path): the video cannot be written: \(failure)")
        }
    }
}
