import ArgumentParser
import Basics
import Capture
import Events
import Glibc
import MobileNet
import Watch

/// `lookout model run`: raw output of any network.
struct ModelRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a model on an image, and print its output.",
        discussion: """
            Also for networks that are no classifiers. Of a detector, the bounding boxes are printed in normalized \
            coordinates (0–1): left,top to right,bottom. Of others, the shape and the range of the output. --output writes \
            the whole output as a NumPy array of float32, [height, width, channels].
            """)

    @Option(help: "Scaling to the network's input: squash (stretch), crop (centre) or pad (add bars).")
    var fit = Fit.squash

    @Option(name: .shortAndLong, help: "File for the output, as .npy.", completion: .file())
    var output: String?

    @Flag(help: "Print a JSON object.")
    var json = false

    @Argument(help: "Name (see `lookout model list`) or path of the model.", completion: Completion.models)
    var model: String

    @Argument(help: "Image.", completion: .file())
    var image: String

    func run() throws {
        let path = try Environment.models().path(of: model)
        let model = try Model.read(path)
        let plan: Plan
        do {
            plan = try model.plan(for: Environment.instructionSet(), limits: Environment.planLimits())
        } catch let error where !(error is InstructionSetError || error is PlanLimitsError) {
            throw FileError(path: path, contents: error)
        }
        let values = try values(plan)
        if let output { try Files.write(output, NumPyArray(shape: plan.outputShape, values).encoded) }
        if case .detections = try model.graph().nodes.last?.layer {
            try printBoxes(values, model.labels.names)
        } else {
            try printRange(values, plan.outputShape)
        }
    }

    private func values(_ plan: Plan) throws -> [Float] {
        let pixels = PixelBuffer(width: plan.inputShape.width, height: plan.inputShape.height)
        do {
            try StillImage.read(image, into: pixels, fit: fit)
        } catch {
            throw Failure(error, path: image) ?? error
        }
        let session = Session(plan: plan)
        session.load(pixels: pixels.base, bytesPerRow: pixels.bytesPerRow)
        return withExtendedLifetime(session) { Array(session.run()) }
    }

    // MARK: - Boxes

    private func printBoxes(_ values: [Float], _ labels: [String]) throws {
        let columns = DetectionParameters.columns
        let rows = stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
        for row in rows where row[5] > 0 {
            let label = labels.indices.contains(Int(row[4])) ? labels[Int(row[4])] : "class \(Int(row[4]))"
            if json { try Output.write(line(row, label)) } else { try Output.write(text(row, label)) }
        }
    }

    private func text(_ row: [Float], _ label: String) -> String {
        let edges = [row[1], row[0], row[3], row[2]].map { decimals(Double($0), 3) }
        return "\(decimals(Double(row[5]), 3))  \(label)  \(edges[0]),\(edges[1]) to \(edges[2]),\(edges[3])"
    }

    private func line(_ row: [Float], _ label: String) -> JSONLine {
        var line = JSONLine()
        line.add("label", label)
        line.add("score", Double(row[5]), decimals: 4)
        for (name, place) in [("left", 1), ("top", 0), ("right", 3), ("bottom", 2)] {
            line.add(name, Double(row[place]), decimals: 4)
        }
        return line
    }

    // MARK: - Other outputs

    private func printRange(_ values: [Float], _ shape: Shape) throws {
        let smallest = Double(values.min() ?? 0)
        let largest = Double(values.max() ?? 0)
        let mean = values.reduce(0) { $0 + Double($1) } / Double(max(values.count, 1))
        guard json else {
            return try Output.write(
                lines: Output.table([
                    ["shape", "\(shape.height) × \(shape.width) × \(shape.channels)"],
                    ["smallest", decimals(smallest, 6)], ["mean", decimals(mean, 6)],
                    ["largest", decimals(largest, 6)],
                ]))
        }
        var line = JSONLine()
        line.add("height", shape.height)
        line.add("width", shape.width)
        line.add("channels", shape.channels)
        line.add("smallest", smallest, decimals: 6)
        line.add("mean", mean, decimals: 6)
        line.add("largest", largest, decimals: 6)
        try Output.write(line)
    }
}

/// NumPy's file format for one array, version 1.0 (NEP 1).
private struct NumPyArray {
    let shape: Shape
    let values: [Float]

    init(shape: Shape, _ values: [Float]) {
        self.shape = shape
        self.values = values
    }

    var encoded: [[UInt8]] {
        let header =
            "{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape.height), \(shape.width), \(shape.channels)), }"
        // Data begins at a multiple of 64, after the magic bytes, the header's length, the header and a line feed.
        let padding = String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64)
        let text = Array((header + padding + "\n").utf8)
        let length = [UInt8(text.count & 0xff), UInt8(text.count >> 8)]
        return [[0x93] + Array("NUMPY".utf8) + [1, 0] + length, text, values.withUnsafeBytes { Array($0) }]
    }
}
