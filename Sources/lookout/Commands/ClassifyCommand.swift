import ArgumentParser
import Capture
import Events
import MobileNet
import Watch

/// `lookout classify`: classification of still images.
struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Classify images.",
        discussion: """
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
        let classifier = Classifier(plan: model.plan)
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
            if features {
                let vector = classifier.probabilities(pixels: pixels.base, bytesPerRow: pixels.bytesPerRow)
                try printFeatures(image, vector, model: model.name)
                continue
            }
            let scores = classifier.probabilities(pixels: pixels.base, bytesPerRow: pixels.bytesPerRow)
            let labels = highest(top, of: scores).map { (model.labels[$0.place], Double($0.score)) }
            if json { try printJSON(image, labels, model: model.name) } else { try printText(image, labels) }
        }
        if status != 0 { throw ReportedFailure(status: status) }
    }

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
