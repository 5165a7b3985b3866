import ArgumentParser
import Capture
import Glibc

/// When a frame in which nothing moves is not looked at.
struct MotionOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Look only at frames in which something moves, and at a few more; or at all.")
    var motion = true

    @Option(help: "How little has to change to count as motion, from 0 to 1; more is more sensitive.")
    var motionSensitivity = MotionSettings().sensitivity

    @Option(help: "The part of the frame that has to move to count as motion, from 0 to 1.")
    var motionArea = MotionSettings().minimumArea

    @Option(
        help: ArgumentHelp(
            "An area in which motion does not count, by its corners; may be given again.",
            discussion: """
                X,Y,X,Y,X,Y… in parts of the frame from 0 to 1, from its top left corner. For one source of \
                several, its name stands in front: front:0,0,0.2,0,0.2,1,0,1.
                """,
            valueName: "corners"))
    var motionMask: [String] = []

    @Option(
        help: "Seconds after which a frame is looked at even if nothing moves; 0 for never.", transform: Seconds.parse)
    var heartbeat = MotionSettings().heartbeat ?? 0

    /// The settings for a source.
    ///
    /// - Parameter source: its name.
    /// - Throws: ``Failure`` for what makes no sense.
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

    /// - Throws: ``Failure`` for a mask of a source that is not there.
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
            stride(from: 0, to: numbers.count, by: 2).map { Polygon.Point(x: numbers[$0], y: numbers[$0 + 1]) })
    }
}
