import Events
import Watch

/// Report of `lookout model evaluate` for a detector: average precision and recall as COCO defines them.
struct DetectorReport {
    /// Figure with its name: `nil` if no such object was marked.
    private typealias Figure = (key: String, name: String, value: Double?)

    private let evaluation: DetectorEvaluation
    private let precision: AveragePrecision
    private let categories: [(number: Int, name: String)]
    private let speed: Double

    /// - Parameter seconds: time that the evaluation took.
    init(_ evaluation: DetectorEvaluation, _ annotations: AnnotationFile, seconds: Double) {
        self.evaluation = evaluation
        precision = evaluation.precision
        categories = annotations.categories.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        speed = seconds > 0 ? Double(evaluation.progress.done) / seconds : 0
    }

    func write(_ model: String, json: Bool) throws {
        if json { try writeJSON(model) } else { try writeText() }
    }

    private var figures: [Figure] {
        [
            ("ap", "AP", precision.precision()), ("ap50", "AP50", precision.precision(overlap: 0)),
            ("ap75", "AP75", precision.precision(overlap: 5)), ("ap_small", "AP small", precision.precision(.small)),
            ("ap_medium", "AP medium", precision.precision(.medium)),
            ("ap_large", "AP large", precision.precision(.large)), ("ar1", "AR 1", precision.recall(most: 1)),
            ("ar10", "AR 10", precision.recall(most: 10)), ("ar100", "AR 100", precision.recall()),
            ("ar_small", "AR small", precision.recall(.small)), ("ar_medium", "AR medium", precision.recall(.medium)),
            ("ar_large", "AR large", precision.recall(.large)),
        ]
    }

    private func writeText() throws {
        let progress = evaluation.progress
        var rows = [["images", "\(progress.done)"]] + figures.map { [$0.name, Self.text($0.value)] }
        for category in categories {
            guard let value = precision.precision(category: category.number) else { continue }
            let half = precision.precision(overlap: 0, category: category.number)
            rows.append(["AP \(category.name)", "\(Self.text(value)) (AP50 \(Self.text(half)))"])
        }
        rows.append(["speed", "\(decimals(speed, 1)) images/s"])
        if progress.unreadable > 0 { rows.append(["unreadable", "\(progress.unreadable)"]) }
        let unknown = evaluation.unknownCategories
        if !unknown.isEmpty { rows.append(["not known", unknown.joined(separator: ", ")]) }
        try Output.write(lines: Output.table(rows))
    }

    private static func text(_ value: Double?) -> String { value.map { decimals($0, 4) } ?? "–" }

    private func writeJSON(_ model: String) throws {
        let progress = evaluation.progress
        var line = JSONLine()
        line.add("model", model)
        line.add("images", progress.done)
        for figure in figures { if let value = figure.value { line.add(figure.key, value, decimals: 6) } }
        line.add("categories", categories.compactMap(entry))
        line.add("not_known", evaluation.unknownCategories)
        line.add("unreadable", progress.unreadable)
        line.add("images_per_second", speed, decimals: 1)
        try Output.write(line)
    }

    /// Returns the figures of a category; `nil` if no such object was marked.
    private func entry(_ category: (number: Int, name: String)) -> JSONLine? {
        guard let value = precision.precision(category: category.number) else { return nil }
        var line = JSONLine()
        line.add("name", category.name)
        line.add("ap", value, decimals: 6)
        if let half = precision.precision(overlap: 0, category: category.number) {
            line.add("ap50", half, decimals: 6)
        }
        return line
    }
}
