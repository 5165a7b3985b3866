import ArgumentParser
import Capture
import Glibc
import Watch

/// Options of cameras of this machine.
struct CameraOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Pixel format of cameras, as YUYV or MJPG (default: the cheapest that suffices).",
            discussion: """
                `lookout cameras` lists formats, sizes and rates. For one of several sources, start this and the options \
                below with its name: front:YUYV.
                """,
            valueName: "format"))
    var cameraFormat: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Frame size of cameras, as 640x480 (default: the smallest that suffices).", valueName: "size"))
    var cameraSize: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Frame rate of cameras, in frames per second (default: the lowest that suffices).", valueName: "rate"))
    var cameraRate: [String] = []

    @Option(
        help: ArgumentHelp(
            "Camera control and its value, as 'power_line_frequency=50 Hz'; repeatable.",
            valueName: "name=value"))
    var control: [String] = []

    /// Returns the settings of a source's camera.
    ///
    /// - Parameter source: its name.
    /// - Throws: ``Failure`` for an invalid value.
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

    /// Checks the names of sources.
    ///
    /// - Throws: ``Failure`` for an unknown source.
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
