import ArgumentParser
import Basics
import Capture
import Events
import Glibc
import MobileNet
import Watch

/// `lookout model quantize`: int8 model of a float model.
struct ModelQuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Make an int8 model of a float32 model.",
        discussion: """
            The new model has about a quarter of the size, and is faster. Images that are like those of later use tell the \
            range of each layer's values; 100 to 500 are enough. They need no labels.

            The report lists for each layer the range, the share of values that it clips, and the signal-to-noise ratio of \
            its output. It compares the best labels of both models. If the images have labels that the model knows (see \
            `lookout model evaluate`), it also compares the accuracy.
            """)

    @Option(
        help: ArgumentHelp(
            "Images to calibrate with: a folder, with or without folders in it, or a video.", valueName: "path"),
        completion: .file())
    var calibrate: String

    @Option(parsing: .unconditional, help: "Number of images or frames to take, evenly spaced, from 1 to 10000.")
    var images = 200

    @Option(
        help: ArgumentHelp(
            "Choice of the range of each layer: \(MethodName.choices).",
            discussion: """
                mse: least squared error. entropy: distribution of values that diverges least. percentile: clips a share of \
                the values. minmax: clips nothing.
                """))
    var method = MethodName.mse

    @Option(
        parsing: .unconditional,
        help: "With --method percentile: the share of the values that are not clipped, in percent, from 50 to 100.")
    var percentile = 99.99

    @Option(help: "Scaling to the network's input: squash (stretch), crop (centre) or pad (add bars).")
    var fit = Fit.squash

    @Option(
        help: ArgumentHelp(
            "Labelled images to measure the accuracy with: a folder or a list (default: those of --calibrate, if they have labels).",
            valueName: "path"),
        completion: .file())
    var evaluate: String?

    @Option(help: "Name of the new model (default: the old name with -int8).")
    var name: String?

    @Option(
        name: .shortAndLong, help: "File to write the model to (default: with the other models, by its name).",
        completion: .file())
    var output: String?

    @OptionGroup var workerOptions: WorkerOptions

    @Flag(help: "Print a JSON object for each layer, and one for the model.")
    var json = false

    @Argument(help: "Name (see `lookout model list`) or path of the model.", completion: Completion.models)
    var model: String

    func validate() throws {
        try workerOptions.check()
        guard (1...10_000).contains(images) else { throw ValidationError("--images is a number from 1 to 10000.") }
        guard (50...100).contains(percentile) else { throw ValidationError("--percentile is a number from 50 to 100.") }
        try ModelFolder.check(name: name)
    }

    func run() throws {
        let source = try Model.read(try Environment.models().path(of: model))
        let instructionSet = try Environment.instructionSet()
        let limits = try Environment.planLimits()
        let quantizer: ModelQuantizer
        do {
            quantizer = try ModelQuantizer(source, for: instructionSet, limits: limits)
        } catch {
            throw Failure(status: EX_DATAERR, "\(model): \(error)")
        }
        let interruption = CancellationToken()
        let signals = StopSignals { interruption.cancel() }
        defer { signals.restore() }
        let pixels = try read(source.network.inputShape, interruption)
        try calibrate(quantizer, pixels, interruption)
        let quantized = try quantizer.quantize(name: name ?? source.name + "-int8", method: calibrationMethod)
        let comparison = try QuantizationComparison(quantizer, quantized, for: instructionSet, limits: limits)
        try forEach(pixels, "compared", interruption) { comparison.add(pixels: $0.base, bytesPerRow: $0.bytesPerRow) }
        let accuracies = try accuracies(of: [source, quantized], instructionSet, interruption)
        let path = try output ?? ModelFolder.path(for: quantized.name)
        ModelFolder.make(for: path)
        try quantized.write(path)
        try QuantizationReport(
            path: path, source: source, quantized: quantized, comparison: comparison, accuracies: accuracies
        ).write(json: json)
    }

    private var calibrationMethod: CalibrationMethod {
        switch method {
        case .mse: .meanSquaredError
        case .entropy: .entropy
        case .percentile: .percentile(percentile)
        case .minmax: .minimumMaximum
        }
    }

    private func read(_ shape: Shape, _ interruption: CancellationToken) throws -> [PixelBuffer] {
        let pixels: [PixelBuffer]
        do {
            pixels = try CalibrationImages(path: calibrate).read(
                atMost: images, width: shape.width, height: shape.height, fit: fit, interruption: interruption
            ) { path, error in Terminal.complain(Failure(error, path: path)?.description ?? "\(path): \(error)") }
        } catch SourceError.interrupted {
            throw ReportedFailure(status: Failure.interrupted)
        } catch {
            throw Failure(error, path: calibrate) ?? error
        }
        guard !pixels.isEmpty else {
            throw Failure(status: EX_DATAERR, "\(calibrate): no image or frame that can be read")
        }
        return pixels
    }

    private func calibrate(
        _ quantizer: ModelQuantizer, _ pixels: [PixelBuffer], _ interruption: CancellationToken
    ) throws {
        try forEach(pixels, "calibrated", interruption) {
            quantizer.calibrate(pixels: $0.base, bytesPerRow: $0.bytesPerRow)
        }
    }

    /// Calls a closure with each image, and shows the progress.
    private func forEach(
        _ images: [PixelBuffer], _ verb: String, _ interruption: CancellationToken, _ body: (PixelBuffer) -> Void
    ) throws {
        let done = Mutex(0)
        let status = StatusTimer { ["\(done.withLock { $0 }) / \(images.count) images \(verb)"] }
        defer { status.stop() }
        for image in images {
            if interruption.wasCancelled { throw ReportedFailure(status: Failure.interrupted) }
            body(image)
            done.withLock { $0 += 1 }
        }
    }

    /// Measures the accuracy of models on labelled images; empty if there are no labels that the models know.
    private func accuracies(
        of models: [Model], _ instructionSet: InstructionSet, _ interruption: CancellationToken
    ) throws -> [Accuracy] {
        guard let labelled = try labelledImages(), models.allSatisfy({ (try? $0.graph().task) == .classification })
        else { return [] }
        return try models.compactMap { model in
            let evaluation: Evaluation
            do {
                evaluation = try Evaluation(
                    plan: model.plan(for: instructionSet, limits: Environment.planLimits()),
                    names: model.reportedLabels,
                    images: labelled, fit: fit, workers: workerOptions.count)
            } catch let error as UnknownLabel {
                guard let evaluate else { return nil }
                throw Failure(status: EX_DATAERR, "\(evaluate): \(error)")
            }
            let display = EvaluationDisplay(evaluation, count: labelled.count)
            evaluation.run(interruption: interruption) { path, error in
                Terminal.complain(Failure(error, path: path)?.description ?? "\(path): \(error)")
            }
            _ = display.stop()
            if interruption.wasCancelled { throw ReportedFailure(status: Failure.interrupted) }
            return evaluation.accuracy
        }
    }

    /// Lists the labelled images; `nil` if there are none, and none were asked for.
    private func labelledImages() throws -> [LabelledImage]? {
        if let evaluate { return try LabelledImage.read(evaluate) }
        return try? LabelledImage.read(calibrate)
    }
}

/// Name of a calibration method on the command line.
enum MethodName: String, CaseIterable, ExpressibleByArgument {
    case mse, entropy, percentile, minmax

    /// All names, for help texts.
    static var choices: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
