import ArgumentParser
import Capture
import Glibc
import Watch

/// What cameras of this machine are set to.
struct CameraOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The format of a camera's frames, as YUYV or MJPG (default: the cheapest that serves).",
            discussion: """
                `lookout cameras` shows what there is. For one source of several, its name stands in front, here \
                and below: front:YUYV.
                """,
            valueName: "format"))
    var cameraFormat: [String] = []

    @Option(help: ArgumentHelp("Their size, as 640x480 (default: the smallest that serves).", valueName: "size"))
    var cameraSize: [String] = []

    @Option(
        help: ArgumentHelp("Frames that it takes in a second (default: the lowest that serves).", valueName: "rate"))
    var cameraRate: [String] = []

    @Option(
        help: ArgumentHelp(
            "A control of a camera, and what to set it to, as power_line_frequency=50 Hz; may be given again.",
            valueName: "name=value"))
    var control: [String] = []

    /// What the camera of a source is set to.
    ///
    /// - Parameter source: its name.
    /// - Throws: ``Failure`` for what makes no sense.
    func settings(of source: String) throws(Failure) -> SourceOptions.Camera {
        var settings = SourceOptions.Camera()
        if let text = Self.last(cameraFormat, of: source) { settings.format = try Self.format(text) }
        if let text = Self.last(cameraSize, of: source) { settings.size = try Self.size(text) }
        if let text = Self.last(cameraRate, of: source) { settings.rate = try Self.rate(text) }
        for text in control {
            let scope = SourceScope(text)
            if scope.includes(source) { settings.controls.append(try Self.setting(scope.value)) }
        }
        return settings
    }

    /// - Throws: ``Failure`` for an option of a source that is not there.
    func check(sources: [String]) throws(Failure) {
        let options = [
            ("--camera-format", cameraFormat), ("--camera-size", cameraSize), ("--camera-rate", cameraRate),
            ("--control", control),
        ]
        for (option, values) in options {
            for text in values { try SourceScope(text).check(option, sources: sources) }
        }
    }

    private static func last(_ texts: [String], of source: String) -> String? {
        texts.map(SourceScope.init).last { $0.includes(source) }?.value
    }

    private static func format(_ text: String) throws(Failure) -> FourCC {
        guard let format = FourCC(name: text) else {
            throw Failure(
                status: EX_USAGE,
                "--camera-format: \"\(text)\" is not the name of a format, which has four letters, as YUYV")
        }
        return format
    }

    private static func size(_ text: String) throws(Failure) -> PixelSize {
        guard let size = PixelSize(text) else {
            throw Failure(status: EX_USAGE, "--camera-size: \"\(text)\" is not a size like 640x480")
        }
        return size
    }

    private static func rate(_ text: String) throws(Failure) -> Double {
        guard let rate = Double(text), rate > 0, rate <= 1000 else {
            throw Failure(status: EX_USAGE, "--camera-rate: \"\(text)\" is not a number above 0, up to 1000")
        }
        return rate
    }

    private static func setting(_ text: String) throws(Failure) -> CameraControls.Setting {
        let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2, !pair[0].isEmpty, !pair[1].isEmpty else {
            throw Failure(
                status: EX_USAGE, "--control: \"\(text)\" is not a control and its value, like brightness=128")
        }
        return CameraControls.Setting(String(pair[0]), String(pair[1]))
    }
}
