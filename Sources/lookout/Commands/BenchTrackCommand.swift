import ArgumentParser
import Basics
import Events
import Glibc

/// `lookout bench track`: the tracker over detections of a file.
struct BenchTrackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "track",
        abstract: "Track objects over the detections of a MOT text file.",
        discussion: """
            Writes MOT text: a line for each frame in which a track is detected, from its confirmation on, as a camera \
            reports it.
            """)

    @Option(parsing: .unconditional, help: "Width of the frame in pixels.")
    var width: Double

    @Option(parsing: .unconditional, help: "Height of the frame in pixels.")
    var height: Double

    @Option(parsing: .unconditional, help: "Frames per second.")
    var fps: Double

    @Flag(help: "Write the frames before a track was confirmed, too: the file is known to its end.")
    var fromFirstDetection = false

    @Flag(help: "Print the milliseconds that tracking takes per frame to standard error.")
    var time = false

    @Argument(help: "Detections: frame,id,x,y,width,height,score, separated by commas or spaces.")
    var detections: String

    func validate() throws {
        guard width >= 1, width <= 100_000, height >= 1, height <= 100_000, fps > 0, fps <= 1000 else {
            throw ValidationError(
                "--width and --height are numbers of 1...100000, and --fps a number above 0, up to 1000.")
        }
    }

    func run() throws {
        let text = try read()
        let start = MonotonicClock.nanoseconds
        let tracking = MOTTracking(of: text, framesPerSecond: fps)
        let milliseconds = Double(MonotonicClock.nanoseconds - start) / 1e6
        if time { Terminal.complain("\(milliseconds / Double(max(1, text.lastFrame))) ms per frame") }
        try Output.write(
            lines: tracking.lines(width: width, height: height, fromFirstDetection: fromFirstDetection))
    }

    private func read() throws -> MOTText {
        let bytes: [UInt8]
        do { bytes = try Files.read(detections) } catch { throw Failure(status: EX_NOINPUT, "\(error)") }
        do {
            return try MOTText(String(decoding: bytes, as: UTF8.self), width: width, height: height)
        } catch {
            throw Failure(status: EX_DATAERR, "\(detections): \(error)")
        }
    }
}
