import ArgumentParser
import Basics
import Capture
import Events
import Glibc
import Watch

/// `lookout model evaluate`: how often a network is right.
struct ModelEvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how often a model is right.",
        discussion: """
            PICTURES is a folder that has a folder for each label, named as the model names it, with images in it; \
            or a file of comma-separated values, a path and a label on each line. A label may also be its number, \
            from 0, without the background.
            """)

    @OptionGroup var modelOption: ModelOption

    @Option(help: "How an image is brought into the network's shape: stretched, its middle, or with bars.")
    var fit = Fit.squash

    @Option(help: "Where the confusion matrix goes, as comma-separated values.", completion: .file())
    var confusion: String?

    @Option(parsing: .unconditional, help: "How many images are worked on at the same time (default: one a core).")
    var jobs: Int?

    @Flag(help: "Print a JSON object.")
    var json = false

    @Argument(help: "Labelled images: a folder, or a list.", completion: .file())
    var pictures: String

    func validate() throws {
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 256.") }
    }

    func run() throws {
        let labelled = try LabelledImage.read(pictures)
        let model = try modelOption.load()
        let evaluation: Evaluation
        do {
            evaluation = try Evaluation(
                plan: model.plan, names: model.labels, pictures: labelled, fit: fit, jobs: jobs ?? Environment.coreCount
            )
        } catch {
            throw Failure(status: EX_DATAERR, "\(pictures): \(error)")
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

    // MARK: - What came of it

    private func report(_ accuracy: Accuracy, _ model: String, _ seconds: Double) throws {
        if let confusion { try Files.write(confusion, [Array(accuracy.matrix.utf8)]) }
        let speed = seconds > 0 ? Double(accuracy.pictures) / seconds : 0
        if json { try printJSON(accuracy, model, speed) } else { try printText(accuracy, speed) }
    }

    private func printText(_ accuracy: Accuracy, _ speed: Double) throws {
        var rows = [
            ["pictures", "\(accuracy.pictures)"],
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
        line.add("pictures", accuracy.pictures)
        line.add("top1", accuracy.top1Rate, decimals: 4)
        line.add("top5", accuracy.top5Rate, decimals: 4)
        line.add("unreadable", accuracy.unreadable)
        line.add("pictures_per_second", speed, decimals: 1)
        try Output.write(line)
    }
}
