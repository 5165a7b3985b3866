import ArgumentParser
import Capture
import Events

/// `lookout cameras`: the cameras that are connected, and what they can be set to.
struct CamerasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cameras",
        abstract: "List the cameras that are connected.",
        discussion: """
            For each camera: the device, the links that stay the same whatever the order in which cameras are \
            found, and the formats, sizes and rates that it can be set to; or why it cannot be opened.
            """)

    @Flag(help: "Print one JSON object for each camera.")
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
        if cameras.isEmpty { Terminal.complain("no cameras: there is no /dev/video* that gives frames") }
    }
}
