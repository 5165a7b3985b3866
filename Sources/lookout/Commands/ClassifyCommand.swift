import ArgumentParser
import Capture
import Events
import MobileNet
import Watch

/// `lookout classify`: classification of still images.
struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Classify images, or detect objects in them.",
        discussion: """
            With a model that detects objects, prints the label, score and bounding box of each object: left edge, upper \
            edge, width and height in normalized coordinates (0–1).

            Any format that FFmpeg supports can be read; of a video, the first frame. - is standard input.
            """)

    @OptionGroup var modelOption: ModelOption

    @Option(name: .shortAndLong, parsing: .unconditional, help: "Number of labels to print for each image.")
    var top = 5

    @Option(help: "Scaling to the network's input: squash (stretch), crop (centre) or pad (add bars).")
    var fit = Fit.squash

    @Flag(help: "Print a JSON object for each image.")
    var json = false

    @Flag(help: "Print the features before the classifier layer instead of labels, as a JSON object for each image.")
    var features = false

    @Argument(help: "Images; - for standard input.", completion: .file())
    var images: [String]

    func validate() throws {
        guard top > 0 else { throw ValidationError("--top is a number of labels above 0.") }
        if images.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input (-) can be read once.") }
    }

    func run() throws {
        let model = try modelOption.load(features: features)
        let recognize = try recognizer(model)
        let pixels = PixelBuffer(width: model.plan.inputShape.width, height: model.plan.inputShape.height)
        var status: Int32 = 0
        for image in images {
            do {
                try StillImage.read(image == "-" ? "/dev/stdin" : image, into: pixels, fit: fit)
            } catch {
                guard let failure = Failure(error, path: image == "-" ? "standard input" : image) else { throw error }
                Terminal.complain(failure.description)
                if status == 0 { status = failure.status }
                continue
            }
            try recognize(image, pixels)
        }
        if status != 0 { throw ReportedFailure(status: status) }
    }

    /// Returns a function that runs the model on an image, and prints the result.
    private func recognizer(_ model: LoadedModel) throws -> (_ image: String, _ pixels: PixelBuffer) throws -> Void {
        if model.task == .detection {
            let detector = Detector(plan: model.plan)
            return { image, pixels in
                let found = detector.detections(pixels: pixels.base, bytesPerRow: pixels.bytesPerRow)
                try report(image, found.filter { $0.score >= Self.leastScore }.prefix(top), model)
            }
        }
        let classifier = Classifier(plan: model.plan)
        return { image, pixels in
            let scores = classifier.probabilities(pixels: pixels.base, bytesPerRow: pixels.bytesPerRow)
            if features { return try printFeatures(image, scores, model: model.name) }
            let labels = highest(top, of: scores).map { (model.labels[$0.place], Double($0.score)) }
            if json { try printJSON(image, labels, model: model.name) } else { try printText(image, labels) }
        }
    }

    // MARK: - Objects

    /// Lowest score of an object that is printed.
    private static let leastScore: Float = 0.2

    private func report(_ image: String, _ objects: some Collection<Detection>, _ model: LoadedModel) throws {
        let lines = objects.map { object in
            (label: model.labels[object.classIndex], score: Double(object.score), box: Self.box(object))
        }
        guard json else {
            if images.count > 1 { try Output.write("\(image):") }
            for line in lines {
                let box = line.box.map { decimals($0, 3) }.joined(separator: " ")
                try Output.write("\(decimals(line.score, 3))  \(line.label)  \(box)")
            }
            return
        }
        var output = JSONLine()
        output.add("file", image)
        output.add("model", model.name)
        output.add(
            "detections",
            lines.map { line in
                var entry = JSONLine()
                entry.add("label", line.label)
                entry.add("score", line.score, decimals: 4)
                entry.add("box", line.box, decimals: 4)
                return entry
            })
        try Output.write(output)
    }

    /// Returns left edge, upper edge, width and height.
    private static func box(_ object: Detection) -> [Double] {
        [object.left, object.top, object.right - object.left, object.bottom - object.top].map(Double.init)
    }

    // MARK: - Labels

    private func printFeatures(_ image: String, _ vector: [Float], model: String) throws {
        var line = JSONLine()
        line.add("file", image)
        line.add("model", model)
        line.add("features", vector.map(Double.init), decimals: 6)
        try Output.write(line)
    }

    private func printText(_ image: String, _ labels: [(String, Double)]) throws {
        if images.count > 1 { try Output.write("\(image):") }
        for (label, score) in labels { try Output.write("\(decimals(score, 3))  \(label)") }
    }

    private func printJSON(_ image: String, _ labels: [(String, Double)], model: String) throws {
        var line = JSONLine()
        line.add("file", image)
        line.add("model", model)
        line.add(
            "labels",
            labels.map { label, score in
                var entry = JSONLine()
                entry.add("label", label)
                entry.add("score", score, decimals: 4)
                return entry
            })
        try Output.write(line)
    }
}

extension Fit: ExpressibleByArgument {}
