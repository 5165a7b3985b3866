import ArgumentParser
import Basics
import Capture
import Glibc

/// Options of the motion gate.
struct MotionOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Sample only frames with motion, and one in each --heartbeat; or sample all frames.")
    var motion = true

    @Option(parsing: .unconditional, help: "Sensitivity to motion, from 0 to 1; more is more sensitive.")
    var motionSensitivity = MotionSettings().sensitivity

    @Option(
        parsing: .unconditional, help: "Smallest area that counts as motion, as a fraction of the frame from 0 to 1.")
    var motionArea = MotionSettings().minimumArea

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Polygon in which motion is ignored; repeatable.",
            discussion: """
                Its corners X,Y,X,Y,X,Y… in normalized coordinates (0–1), from the top left corner. For one of several \
                sources, start with its name: front:0,0,0.2,0,0.2,1,0,1.
                """,
            valueName: "corners"))
    var motionMask: [String] = []

    @Option(
        parsing: .unconditional,
        help: """
            Sample a frame at least this often, even without motion; 0 for never. \
            \(Seconds.duration(default: MotionSettings().heartbeat ?? 0))
            """,
        transform: Seconds.parse)
    var heartbeat = MotionSettings().heartbeat ?? 0

    /// Returns the motion settings of a source.
    ///
    /// - Parameter source: its name.
    /// - Throws: ``Failure`` for an invalid value.
    func settings(of source: String) throws(Failure) -> MotionSettings {
        var settings = MotionSettings(
            enabled: motion, sensitivity: motionSensitivity, minimumArea: motionArea,
            heartbeat: heartbeat == 0 ? nil : heartbeat)
        for text in motionMask {
            let scope = SourceScope(text)
            if scope.includes(source) { settings.masks.append(try Self.mask(scope.value)) }
        }
        if let problem = settings.problem { throw Failure(status: EX_USAGE, problem) }
        return settings
    }

    /// Checks the names of sources.
    ///
    /// - Throws: ``Failure`` for an unknown source.
    func check(sources: [String]) throws(Failure) {
        for text in motionMask { try SourceScope(text).check("--motion-mask", sources: sources) }
    }

    private static func mask(_ text: String) throws(Failure) -> Polygon {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = fields.compactMap { Double($0.filter { $0 != " " }) }
        guard numbers.count == fields.count, numbers.count.isMultiple(of: 2) else {
            throw Failure(
                status: EX_USAGE, "--motion-mask: \"\(text)\" is not a list of corners like 0,0,0.2,0,0.2,1,0,1")
        }
        return Polygon(
            stride(from: 0, to: numbers.count, by: 2).map { Point(x: numbers[$0], y: numbers[$0 + 1]) })
    }
}
