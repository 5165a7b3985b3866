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
            Writes MOT text: a line for each frame in which a confirmed track is detected.
            """)

    @Option(parsing: .unconditional, help: "Width of the frame in pixels.")
    var width: Double

    @Option(parsing: .unconditional, help: "Height of the frame in pixels.")
    var height: Double

    @Option(parsing: .unconditional, help: "Frames per second.")
    var fps: Double

    @Flag(help: "Leave out the frames before a track is confirmed, as a camera does.")
    var online = false

    @Flag(help: "Print the milliseconds per frame to standard error.")
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
        let lines = MOTTracking.lines(of: text, framesPerSecond: fps, width: width, height: height, isOnline: online)
        let milliseconds = Double(MonotonicClock.nanoseconds - start) / 1e6
        if time { Terminal.complain("\(milliseconds / Double(max(1, text.lastFrame))) ms per frame") }
        try Output.write(lines: lines)
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
