import Basics
import Events
import MobileNet
import Watch

/// Output of `lookout model quantize`.
struct QuantizationReport {
    let path: String
    let source: Model
    let quantized: Model
    let comparison: QuantizationComparison
    /// Accuracy of the float model and of the quantized model; empty without labels.
    let accuracies: [Accuracy]

    func write(json: Bool) throws {
        if json { try printJSON() } else { try printText() }
    }

    private func printText() throws {
        let rows = comparison.losses.map { loss in
            [
                loss.name.count > 48 ? "…\(loss.name.suffix(47))" : loss.name, loss.type,
                decimals(Double(loss.range.lowerBound), 3),
                decimals(Double(loss.range.upperBound), 3), "\(decimals(100 * loss.clipped, 3)) %",
                loss.signalToNoise.map { "\(decimals($0, 1)) dB" } ?? "",
            ]
        }
        try Output.write(lines: Output.table([["layer", "type", "from", "to", "clipped", "signal to noise"]] + rows))
        var lines = [["images", "\(comparison.images)"]]
        if let same = comparison.sameLabels {
            let share = 100 * Double(same) / Double(max(comparison.images, 1))
            lines.append(["same best label", "\(same) of \(comparison.images) (\(decimals(share, 1)) %)"])
        }
        if accuracies.count == 2 {
            let (before, after) = (accuracies[0], accuracies[1])
            lines.append(["labelled images", "\(before.images)"])
            lines.append(["top-1", change(before.top1Rate, after.top1Rate)])
            lines.append(["top-5", change(before.top5Rate, after.top5Rate)])
        }
        try Output.write(lines: [""] + Output.table(lines))
        try Output.write(try ImportedModel.description(of: quantized, at: path))
    }

    private func change(_ before: Double, _ after: Double) -> String {
        "\(decimals(100 * before, 1)) % float32, \(decimals(100 * after, 1)) % int8"
    }

    private func printJSON() throws {
        for loss in comparison.losses {
            var line = JSONLine()
            line.add("layer", loss.name)
            line.add("type", loss.type)
            line.add("low", Double(loss.range.lowerBound), decimals: 6)
            line.add("high", Double(loss.range.upperBound), decimals: 6)
            line.add("clipped", loss.clipped, decimals: 6)
            if let ratio = loss.signalToNoise { line.add("signal_to_noise_db", ratio, decimals: 2) }
            try Output.write(line)
        }
        var line = JSONLine()
        line.add("model", quantized.name)
        line.add("source", source.name)
        line.add("path", path)
        line.add("images", comparison.images)
        if let same = comparison.sameLabels { line.add("same_best_label", same) }
        if accuracies.count == 2 {
            line.add("labelled_images", accuracies[0].images)
            line.add("top1_float32", accuracies[0].top1Rate, decimals: 4)
            line.add("top1_int8", accuracies[1].top1Rate, decimals: 4)
            line.add("top5_float32", accuracies[0].top5Rate, decimals: 4)
            line.add("top5_int8", accuracies[1].top5Rate, decimals: 4)
        }
        try Output.write(line)
    }
}
