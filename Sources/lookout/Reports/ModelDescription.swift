import Events
import MobileNet

/// Report of `lookout model info`, as text or JSON.
struct ModelDescription {
    var name: String
    var network: Network
    var graph: Graph
    var head: Head
    var classes: Int
    /// The model with its weights; `nil` for an architecture.
    var model: Model?
    var path: String?

    // MARK: - Text

    func printText() throws {
        try Output.write(lines: Output.table(summary) + [""] + table)
    }

    private var summary: [[String]] {
        let colours = (model?.normalization.colours ?? .rgb).rawValue.uppercased()
        var rows = [
            ["name", name],
            ["architecture", network.name],
            ["task", graph.task.rawValue],
            ["input", "\(pixels(network.inputShape)) \(colours)"],
        ]
        if let model {
            let mean = model.normalization.mean
            let std = model.normalization.standardDeviation
            rows.append(["mean", "\(mean.0), \(mean.1), \(mean.2)"])
            rows.append(["std", "\(std.0), \(std.1), \(std.2)"])
            if let style = network.architecture?.style {
                rows.append([
                    "padding", style.padding == .same ? "same (TensorFlow)" : "symmetric (PyTorch)",
                ])
                rows.append(["batch norm ε", "\(style.epsilon)"])
            }
        }
        let labels = model.map { ": \($0.labels.names.prefix(3).joined(separator: ", ")), …" }
        rows.append(["classes", "\(classes)\(labels ?? "")"])
        rows.append(["parameters", millions(graph.learnedParameterCount)])
        rows.append(["multiply-adds", millions(graph.multiplyAdds)])
        if let model {
            rows.append(["source", model.source])
            if !model.licence.isEmpty { rows.append(["licence", model.licence]) }
        }
        if let path { rows.append(["file", path]) }
        return rows
    }

    /// Layer table in the form of Table 1 of the MobileNet paper, with parameters and multiply-adds.
    private var table: [String] {
        var rows = [["Type / Stride", "Filter Shape", "Input Size", "NL", "Parameters", "Mult-Adds"]]
        rows += graph.table.map { row in
            [
                row.typeAndStride, row.filterShape, size(row.input), row.activation.symbol, "\(row.parameters)",
                "\(row.multiplyAdds)",
            ]
        }
        let output = graph[graph.output].shape
        switch head.activation {
        case .softmax: rows.append(["Softmax / s1", "Classifier", size(output), "", "0", "0"])
        case .sigmoid: rows.append(["Sigmoid / s1", "Classifier", size(output), "", "0", "0"])
        case .none: break
        }
        rows.append(["Total", "", "", "", "\(graph.learnedParameterCount)", "\(graph.multiplyAdds)"])
        return Output.table(alignedRight(rows, from: 4))
    }

    private func size(_ shape: Shape) -> String { "\(shape.height) × \(shape.width) × \(shape.channels)" }

    /// Pads the cells of numeric columns on the left.
    private func alignedRight(_ rows: [[String]], from first: Int) -> [[String]] {
        let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column < first ? cell : String(repeating: " ", count: widths[column] - cell.count) + cell
            }
        }
    }

    // MARK: - JSON

    func printJSON() throws {
        var line = JSONLine()
        line.add("name", name)
        line.add("architecture", network.name)
        line.add("task", graph.task.rawValue)
        if let architecture = network.architecture { line.add("multiplier", architecture.width, decimals: 3) }
        line.add("width", network.inputShape.width)
        line.add("height", network.inputShape.height)
        if let normalization = model?.normalization {
            let (mean, std) = (normalization.mean, normalization.standardDeviation)
            line.add("colours", normalization.colours.rawValue)
            line.add("mean", [mean.0, mean.1, mean.2].map(Double.init), decimals: 6)
            line.add("std", [std.0, std.1, std.2].map(Double.init), decimals: 6)
        }
        line.add("classes", classes)
        line.add("parameters", graph.learnedParameterCount)
        line.add("multiply_adds", graph.multiplyAdds)
        if let model {
            line.add("source", model.source)
            line.add("licence", model.licence)
        }
        line.add("path", path)
        line.add("layers", graph.table.map(layer))
        if let model { line.add("labels", model.labels.names) }
        try Output.write(line)
    }

    private func layer(_ row: LayerRow) -> JSONLine {
        var line = JSONLine()
        line.add("name", row.name)
        line.add("type", row.type)
        if let stride = row.stride {
            line.add("stride", [stride.vertical, stride.horizontal].map(Double.init), decimals: 0)
        }
        line.add("filter", row.filter.map(Double.init), decimals: 0)
        line.add("input", [row.input.height, row.input.width, row.input.channels].map(Double.init), decimals: 0)
        line.add("output", [row.output.height, row.output.width, row.output.channels].map(Double.init), decimals: 0)
        line.add("activation", row.activation.symbol)
        line.add("parameters", row.parameters)
        line.add("multiply_adds", row.multiplyAdds)
        return line
    }
}

extension Activation {
    /// Symbol as in the papers.
    var symbol: String {
        switch self {
        case .linear: ""
        case .relu: "ReLU"
        case .relu6: "ReLU6"
        case .hardSwish: "h-swish"
        case .hardSigmoid: "h-sigmoid"
        case .sigmoid: "sigmoid"
        }
    }
}
