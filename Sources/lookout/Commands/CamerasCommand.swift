import ArgumentParser
import Capture
import Events

/// `lookout cameras`: list of connected cameras with their formats.
struct CamerasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cameras",
        abstract: "List connected cameras with their formats.",
        discussion: """
            Prints for each camera its device, its stable links (/dev/v4l/by-id, by-path), and its formats, frame sizes and \
            frame rates; or the reason why it cannot be opened.
            """)

    @Flag(help: "Print a JSON object for each camera.")
    var json = false

    func run() throws {
        let cameras = CameraList.cameras()
        for (index, camera) in cameras.enumerated() {
            if json {
                try Output.write(CameraReport.line(camera))
            } else {
                try Output.write(lines: (index > 0 ? [""] : []) + CameraReport.lines(camera))
            }
        }
        if cameras.isEmpty { Terminal.complain("no cameras: no /dev/video* gives frames") }
    }
}
