import Archive
import ArgumentParser
import Basics
import Capture
import Dispatch
import Events
import Glibc
import MobileNet
import Watch

/// `lookout find`: moments of a project folder that look like an example.
struct FindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Find moments that look like an example.",
        discussion: """
            The project folder needs feature vectors: `lookout analyze --into FOLDER --features`. An example is an image, or an \
            object in it: car.jpg#0.2,0.3,0.1,0.1 is the object in a box with the left edge 0.2, the upper edge 0.3, the width \
            0.1 and the height 0.1, in normalized coordinates (0–1). With several examples, a moment has to look like one of them.

            Prints the moments, the most similar first. Likeness is the cosine of the angle between the vectors: 1 for the \
            same image.
            """)

    @Option(name: .shortAndLong, parsing: .unconditional, help: "Number of moments.")
    var top = 10

    @Option(
        parsing: .unconditional, help: "Time that parts two moments of a recording (default: 5s).",
        transform: Seconds.parse)
    var gap = 5.0

    @Option(
        help: ArgumentHelp(
            "Contact sheet to write: a JPEG file with a frame of each moment.", valueName: "file"),
        completion: .file(extensions: ["jpg", "jpeg"]))
    var sheet: String?

    @Option(
        name: .shortAndLong,
        help: "Path of the model that made the feature vectors, if it is not installed (default: by its name).",
        completion: Completion.models)
    var model: String?

    @Flag(help: "Print a JSON object for each moment.")
    var json = false

    @Argument(help: "Examples, then the project folder.", completion: .file())
    var arguments: [String]

    func validate() throws {
        guard arguments.count > 1 else { throw ValidationError("Name an example and a project folder.") }
        guard (1...Self.mostMoments).contains(top) else {
            throw ValidationError("--top is a number of 1...\(Self.mostMoments).")
        }
        guard gap >= 0.1 else { throw ValidationError("--gap is 0.1 seconds or longer.") }
    }

    private static let mostMoments = 1000

    func run() throws {
        let interruption = CancellationToken()
        let signals = StopSignals { interruption.cancel() }
        defer { signals.restore() }
        let folder = arguments[arguments.count - 1]
        let samples = try StoredSamples.all(in: ProjectFolder.open(folder))
        let examples = try arguments.dropLast().map(ExampleText.init)
        let network = try FeatureNetwork(of: samples, folder: folder, model: model)
        let queries = try network.queries(examples, interruption)
        let moments = try search(samples, queries)
        try report(moments)
        if let sheet { try write(moments, to: sheet, interruption) }
        if interruption.wasCancelled { throw SourceError.interrupted }
    }

    /// Searches all recordings, several at a time.
    private func search(_ samples: [StoredSamples], _ queries: [FeatureQuery]) throws -> [SimilarMoment] {
        let found = Mutex<(moments: [SimilarMoment], failure: (any Error)?)>(([], nil))
        DispatchQueue.concurrentPerform(iterations: samples.count) { index in
            do {
                let reader = try SampleFeatureReader(samples[index].path)
                let moments = MomentSearch.moments(
                    in: reader, at: samples[index].entry?.path, like: queries, gap: gap, count: top)
                found.withLock { $0.moments += moments }
            } catch {
                found.withLock { $0.failure = $0.failure ?? error }
            }
        }
        let (moments, failure) = found.withLock { $0 }
        if let failure { throw failure }
        let sorted = moments.sorted { ($1.likeness, $0.recording, $0.best) < ($0.likeness, $1.recording, $1.best) }
        return Array(sorted.prefix(top))
    }

    // MARK: - Output

    private func report(_ moments: [SimilarMoment]) throws {
        guard !json else {
            for moment in moments { try Output.write(Self.line(moment)) }
            return
        }
        let rows = moments.map { moment in
            [
                decimals(moment.likeness, 3), moment.time.description, moment.recording,
                "\(RecordingText.position(moment.start))–\(RecordingText.position(moment.end))",
                moment.box.map(Self.text) ?? "",
            ]
        }
        try Output.write(lines: Output.table([["likeness", "time", "recording", "position", "box"]] + rows))
    }

    private static func text(_ box: BoundingBox) -> String {
        numbers(box).map { decimals($0, 2) }.joined(separator: " ")
    }

    private static func numbers(_ box: BoundingBox) -> [Double] { [box.x, box.y, box.width, box.height] }

    private static func line(_ moment: SimilarMoment) -> JSONLine {
        var line = JSONLine()
        line.add("recording", moment.recording)
        line.add("time", moment.time.description)
        line.add("start", moment.start, decimals: 3)
        line.add("end", moment.end, decimals: 3)
        line.add("best", moment.best, decimals: 3)
        line.add("likeness", moment.likeness, decimals: 4)
        if let box = moment.box { line.add("box", numbers(box), decimals: 4) }
        return line
    }

    private func write(_ moments: [SimilarMoment], to path: String, _ interruption: CancellationToken) throws {
        let contacts = try ContactSheet(moments, interruption: interruption)
        guard !interruption.wasCancelled else { return }
        for failure in contacts.failures {
            Terminal.complain("\(failure.path): no frame on the sheet: \(failure.message)")
        }
        try Files.write(path, [contacts.image])
    }
}

/// Example as users write it: an image, or an object in it.
struct ExampleText: Equatable {
    let path: String
    /// Place of the object in normalized coordinates; `nil` for the whole image.
    let box: BoundingBox?

    /// - Throws: ``Failure``.
    init(_ text: String) throws(Failure) {
        // A file's name may have a number sign.
        guard let separator = text.lastIndex(of: "#"), access(text, F_OK) != 0 else {
            (path, box) = (text, nil)
            return
        }
        let numbers = text[text.index(after: separator)...].split(separator: ",", omittingEmptySubsequences: false)
            .map { Double($0) }
        guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2],
            let height = numbers[3], width > 0, height > 0, x >= 0, y >= 0, x + width <= 1.001, y + height <= 1.001
        else {
            throw Failure(
                status: EX_USAGE,
                "\(text): the box is written as #X,Y,WIDTH,HEIGHT in normalized coordinates (0–1): "
                    + "\(text[..<separator])#0.2,0.3,0.1,0.1")
        }
        path = String(text[..<separator])
        box = BoundingBox(x: x, y: y, width: width, height: height)
    }
}

/// Network that made the feature vectors of a project folder.
struct FeatureNetwork {
    let plan: Plan
    let fit: Fit

    /// - Parameter model: path or name; `nil` for the name that the folder has stored.
    /// - Throws: ``Failure`` if the folder has no feature vectors, or several networks made them; `FileError`.
    init(of samples: [StoredSamples], folder: String, model: String?) throws {
        let settings = samples.map(\.settings).filter { $0["features"].first != nil }
        guard let first = settings.first, let sum = first["features"].first else {
            throw Failure(
                status: EX_NOINPUT,
                "\(folder): it has no feature vectors; `lookout analyze --into \(folder) --features …` adds them")
        }
        guard settings.allSatisfy({ $0["features"].first == sum }) else {
            throw Failure(
                status: EX_DATAERR,
                "\(folder): its feature vectors are of several models; analyze all recordings again with one")
        }
        let name = first["classify"].first ?? first["model"].first ?? ""
        let loaded = try LoadedModel(
            model ?? name, in: Environment.models(), for: Environment.instructionSet(),
            limits: Environment.planLimits())
        guard try Checksum.ofFile(loaded.path) == sum else {
            throw Failure(
                status: EX_DATAERR,
                "\(loaded.path): it is not the model that made the feature vectors (\(name)); --model names another file"
            )
        }
        plan = loaded.plan
        fit = first["fit"].first.flatMap(Fit.init(rawValue:)) ?? .squash
    }

    /// Returns the feature vectors of examples.
    ///
    /// - Throws: ``Failure`` for an image that cannot be read.
    func queries(_ examples: [ExampleText], _ interruption: CancellationToken) throws -> [FeatureQuery] {
        let extractor = FeatureExtractor(plan, fit: fit)
        return try examples.flatMap { example in
            do {
                return try extractor.features(of: example.path, object: example.box, interruption: interruption)
                    .map(FeatureQuery.init)
            } catch {
                throw Failure(error, path: example.path) ?? error
            }
        }
    }
}
