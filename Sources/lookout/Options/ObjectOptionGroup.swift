import ArgumentParser
import Basics
import Events
import Glibc
import MobileNet
import Watch

/// Options of objects: zones, lines and masks, crops and the second stage. They need a detector.
struct ObjectOptionGroup: ParsableArguments {
    @OptionGroup var shapes: ShapeOptions

    @Option(
        help: ArgumentHelp(
            "Most crops of each frame, 0–16, which are inspected at full resolution.",
            discussion: """
                Crops follow motion and objects, and find small ones that the network misses in the whole frame. Each one \
                takes as long as the whole frame.
                """,
            valueName: "n"))
    var crops = 2

    @Option(
        help: ArgumentHelp(
            "Model that classifies the objects of a detector: auto, off, or a model.",
            discussion: """
                Its votes give attributes to events, and correct persons that are animals. `auto` is the first published \
                classifier of this machine.
                """,
            valueName: "model"))
    var classify = "auto"

    /// Adds the second stage to a model.
    func analysisModel(_ model: LoadedModel) throws -> AnalysisModel {
        try AnalysisModel(
            model, SecondStage(text: classify), in: Environment.models(), for: Environment.instructionSet(),
            limits: Environment.planLimits())
    }

    /// Returns the zones, lines and masks of a source.
    ///
    /// - Parameter source: its name; `nil` for a recording.
    /// - Throws: ``Failure`` for a text that describes no zone, line or mask, or a number of crops that is not possible.
    func options(for source: String?) throws(Failure) -> ObjectOptions {
        try checkCrops()
        return try shapes.options(for: source)
    }

    /// Checks the texts and the names of their sources.
    ///
    /// - Throws: ``Failure`` for a text that describes nothing, or names an unknown source.
    func check(sources: [String]) throws(Failure) {
        try checkCrops()
        try shapes.check(sources: sources)
    }

    private func checkCrops() throws(Failure) {
        guard let problem = CropSettings(budget: crops).problem else { return }
        throw Failure(status: EX_USAGE, "--crops: \(problem)")
    }
}

/// Zones, lines and masks.
struct ShapeOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Zone, a polygon whose entries and exits are events; repeatable.",
            discussion: """
                NAME=X,Y,X,Y,X,Y… in normalized coordinates (0–1), from the top left corner: \
                porch=0.1,0.5,0.4,0.5,0.4,1. For one of several sources, start with its name: \
                front:porch=0.1,0.5,0.4,0.5,0.4,1. After a semicolon, a zone can have settings: \
                'porch=0.1,0.5,0.4,0.5,0.4,1;labels=person;loitering=20s' (keys: \(ZoneText.keys)).
                """,
            valueName: "zone"))
    var zone: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Line whose crossings are counted; repeatable.",
            discussion: """
                NAME=X,Y,X,Y from A to B, in normalized coordinates (0–1): gate=0.8,0,0.8,1. For one of several sources, \
                start with its name. The two directions are named right and left, as seen when going from A to B. After a \
                semicolon, a line can have settings: 'gate=0.8,0,0.8,1;to_right=in;to_left=out' (keys: \(LineText.keys)).
                """,
            valueName: "line"))
    var line: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Polygon in which no object is reported; repeatable.",
            discussion:
                "X,Y,X,Y,X,Y… in normalized coordinates (0–1). For one of several sources, start with its name.",
            valueName: "polygon"))
    var objectMask: [String] = []

    /// Returns the options of a source.
    ///
    /// - Parameter source: its name; `nil` for a recording.
    /// - Throws: ``Failure`` for a text that describes no zone, line or mask.
    func options(for source: String?) throws(Failure) -> ObjectOptions {
        var options = ObjectOptions()
        for text in values(of: zone, for: source) {
            let zone = try ZoneText(text).zone
            try checkIsNew(zone.name, among: options.zones.map(\.name), "--zone")
            options.zones.append(zone)
        }
        for text in values(of: line, for: source) {
            let line = try LineText(text).line
            try checkIsNew(line.name, among: options.lines.map(\.name), "--line")
            options.lines.append(line)
        }
        for text in values(of: objectMask, for: source) { options.masks.append(try mask(text)) }
        return options
    }

    /// Returns the texts that apply to a source, without its name.
    private func values(of texts: [String], for source: String?) -> [String] {
        texts.map(SourceScope.init).filter { scope in source.map(scope.includes) ?? (scope.source == nil) }
            .map(\.value)
    }

    private func checkIsNew(_ name: String, among names: [String], _ option: String) throws(Failure) {
        guard names.contains(name) else { return }
        throw Failure(status: EX_USAGE, "\(option): there are two with the name \(name)")
    }

    private func mask(_ text: String) throws(Failure) -> Polygon {
        let mask = Polygon(try ShapeText.points(text[...], "--object-mask"))
        if let problem = mask.problem { throw Failure(status: EX_USAGE, "--object-mask \(text): \(problem)") }
        return mask
    }

    /// Checks the texts and the names of their sources.
    ///
    /// - Throws: ``Failure`` for a text that describes nothing, or names an unknown source.
    func check(sources: [String]) throws(Failure) {
        for (option, texts) in [("--zone", zone), ("--line", line), ("--object-mask", objectMask)] {
            for text in texts { try SourceScope(text).check(option, sources: sources) }
        }
    }
}

/// Text of a zone or line: a name, coordinates, and settings.
private struct ShapeText {
    let name: String
    let points: [Point]
    let settings: [(key: String, value: String)]
    private let option: String

    init(_ text: String, option: String, example: String) throws(Failure) {
        self.option = option
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        guard let separator = parts[0].firstIndex(of: "=") else {
            throw Failure(status: EX_USAGE, "\(option): \"\(text)\" is not written as \(example)")
        }
        name = String(parts[0][..<separator])
        points = try Self.points(parts[0][parts[0].index(after: separator)...], "\(option) \(name)")
        settings = parts.dropFirst().map { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(pair[0]), pair.count > 1 ? String(pair[1]) : "")
        }
    }

    static func points(_ text: Substring, _ option: String) throws(Failure) -> [Point] {
        var numbers: [Double] = []
        for field in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Double(field) else {
                throw Failure(status: EX_USAGE, "\(option): \"\(field)\" is not a number")
            }
            numbers.append(number)
        }
        guard numbers.count.isMultiple(of: 2) else {
            throw Failure(status: EX_USAGE, "\(option): there are \(numbers.count) numbers; a point has two, x and y")
        }
        return stride(from: 0, to: numbers.count, by: 2).map { Point(x: numbers[$0], y: numbers[$0 + 1]) }
    }

    func seconds(_ value: String, _ key: String) throws(Failure) -> Double {
        guard let seconds = try? Seconds.parse(value) else {
            throw failure("\(key) is a time, as 2, 500ms or 10s, not \"\(value)\"")
        }
        return seconds
    }

    func anchor(_ value: String) throws(Failure) -> ObjectAnchor {
        guard let anchor = ObjectAnchor(rawValue: value) else {
            throw failure(
                "anchor is \(ObjectAnchor.allCases.map(\.rawValue).joined(separator: ", ")), not \"\(value)\"")
        }
        return anchor
    }

    func failure(_ reason: String) -> Failure { Failure(status: EX_USAGE, "\(option) \(name): \(reason)") }
}

/// Text of one `--zone`.
private struct ZoneText {
    let zone: Zone

    /// All keys, for help and errors.
    static let keys = "labels, inertia, loitering, anchor"

    init(_ text: String) throws(Failure) {
        let shape = try ShapeText(text, option: "--zone", example: "porch=0.1,0.5,0.4,0.5,0.4,1")
        var zone = Zone(name: shape.name, polygon: Polygon(shape.points))
        for (key, value) in shape.settings {
            switch key {
            case "labels": zone.labels = DetectionOptions.names([value])
            case "inertia": zone.inertia = try shape.seconds(value, key)
            case "loitering": zone.loitering = try shape.seconds(value, key)
            case "anchor": zone.anchor = try shape.anchor(value)
            default: throw shape.failure("\"\(key)\" is not one of \(Self.keys)")
            }
        }
        if let problem = zone.problem { throw shape.failure(problem) }
        self.zone = zone
    }
}

/// Text of one `--line`.
private struct LineText {
    let line: CountingLine

    /// All keys, for help and errors.
    static let keys = "to_right, to_left, labels, anchor"

    init(_ text: String) throws(Failure) {
        let shape = try ShapeText(text, option: "--line", example: "gate=0.8,0,0.8,1")
        guard shape.points.count == 2 else {
            throw shape.failure(
                "a line has two points, A and B, which are four numbers; there are \(shape.points.count)")
        }
        var line = CountingLine(name: shape.name, from: shape.points[0], to: shape.points[1])
        for (key, value) in shape.settings {
            switch key {
            case "to_right": line.toRight = value
            case "to_left": line.toLeft = value
            case "labels": line.labels = DetectionOptions.names([value])
            case "anchor": line.anchor = try shape.anchor(value)
            default: throw shape.failure("\"\(key)\" is not one of \(Self.keys)")
            }
        }
        if let problem = line.problem { throw shape.failure(problem) }
        self.line = line
    }
}
