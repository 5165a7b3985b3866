import ArgumentParser
import Basics
import Capture
import Events
import Glibc
import MobileNet
import Watch

/// `lookout model evaluate`: accuracy of a model.
struct ModelEvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure the accuracy of a model on labelled images.",
        discussion: """
            IMAGES is a folder that has a folder of images for each label, named as the model names it; or a file of \
            comma-separated values with a path and a label on each line. A label may also be the index of its class, from \
            0, without the background.

            For a model that detects objects, IMAGES is the folder of the images of --annotations. Categories and labels \
            are matched by their names.
            """)

    @OptionGroup var modelOption: ModelOption

    @Option(help: "Scaling to the network's input: squash (stretch), crop (centre) or pad (add bars).")
    var fit = Fit.squash

    @Option(help: "File for the confusion matrix, as comma-separated values.", completion: .file())
    var confusion: String?

    @Option(
        help: ArgumentHelp(
            "For a detector: the annotations of the images, as JSON in COCO's format.",
            discussion: "Average precision and recall are those of COCO's own evaluation.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var annotations: String?

    @OptionGroup var workerOptions: WorkerOptions

    @Flag(help: "Print a JSON object.")
    var json = false

    @Argument(
        help: "Labelled images: a folder, or a list. For a detector: the folder of the images.", completion: .file())
    var images: String

    func validate() throws { try workerOptions.check() }

    func run() throws {
        let model = try modelOption.load()
        switch (model.task, annotations) {
        case (.detection, let annotations?): try evaluateDetector(model, try AnnotationFile(path: annotations))
        case (.detection, nil):
            throw Failure(
                status: EX_USAGE, "\(model.name) detects objects: --annotations names the JSON file with their boxes")
        case (_, nil): try evaluateClassifier(model)
        case (_, _?):
            throw Failure(
                status: EX_USAGE, "\(model.name) gives labels: --annotations is for models that detect objects")
        }
    }

    private func evaluateClassifier(_ model: LoadedModel) throws {
        let labelled = try LabelledImage.read(images)
        let evaluation: Evaluation
        do {
            evaluation = try Evaluation(
                plan: model.plan, names: model.labels, images: labelled, fit: fit, workers: workerOptions.count)
        } catch {
            throw Failure(status: EX_DATAERR, "\(images): \(error)")
        }
        let interruption = CancellationToken()
        let signals = StopSignals { interruption.cancel() }
        let display = EvaluationDisplay(evaluation, count: labelled.count)
        evaluation.run(interruption: interruption) { path, error in
            Terminal.complain(Failure(error, path: path)?.description ?? "\(path): \(error)")
        }
        let seconds = display.stop()
        signals.restore()
        try report(evaluation.accuracy, model.name, seconds)
        if interruption.wasCancelled { throw ReportedFailure(status: Failure.interrupted) }
        if evaluation.accuracy.unreadable > 0 { throw ReportedFailure(status: EX_DATAERR) }
    }

    private func evaluateDetector(_ model: LoadedModel, _ annotations: AnnotationFile) throws {
        if confusion != nil { throw Failure(status: EX_USAGE, "--confusion is for models that give labels") }
        let evaluation = DetectorEvaluation(
            plan: model.plan, labels: model.labels, annotations: annotations, folder: images, fit: fit,
            workers: workerOptions.count)
        if evaluation.isHopeless {
            let names = annotations.categories.values.sorted().prefix(8).joined(separator: ", ")
            throw Failure(
                status: EX_DATAERR,
                "the model has no label that is a category of the annotations; these are \(names) …")
        }
        let interruption = CancellationToken()
        let signals = StopSignals { interruption.cancel() }
        let display = EvaluationDisplay(evaluation)
        evaluation.run(interruption: interruption) { path, error in
            Terminal.complain(Failure(error, path: path)?.description ?? "\(path): \(error)")
        }
        let seconds = display.stop()
        signals.restore()
        try DetectorReport(evaluation, annotations, seconds: seconds).write(model.name, json: json)
        if interruption.wasCancelled { throw ReportedFailure(status: Failure.interrupted) }
        if evaluation.progress.unreadable > 0 { throw ReportedFailure(status: EX_DATAERR) }
    }

    // MARK: - Report

    private func report(_ accuracy: Accuracy, _ model: String, _ seconds: Double) throws {
        if let confusion { try Files.write(confusion, [Array(accuracy.matrix.utf8)]) }
        let speed = seconds > 0 ? Double(accuracy.images) / seconds : 0
        if json { try printJSON(accuracy, model, speed) } else { try printText(accuracy, speed) }
    }

    private func printText(_ accuracy: Accuracy, _ speed: Double) throws {
        var rows = [
            ["images", "\(accuracy.images)"],
            ["top-1", "\(decimals(100 * accuracy.top1Rate, 1)) %"],
            ["top-5", "\(decimals(100 * accuracy.top5Rate, 1)) %"],
            ["speed", "\(decimals(speed, 1)) images/s"],
        ]
        if accuracy.unreadable > 0 { rows.append(["unreadable", "\(accuracy.unreadable)"]) }
        try Output.write(lines: Output.table(rows))
    }

    private func printJSON(_ accuracy: Accuracy, _ model: String, _ speed: Double) throws {
        var line = JSONLine()
        line.add("model", model)
        line.add("images", accuracy.images)
        line.add("top1", accuracy.top1Rate, decimals: 4)
        line.add("top5", accuracy.top5Rate, decimals: 4)
        line.add("unreadable", accuracy.unreadable)
        line.add("images_per_second", speed, decimals: 1)
        try Output.write(line)
    }
}
