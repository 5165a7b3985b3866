/// Result of an importer: a graph, its weights, and the properties that the file contains.
struct ImportedNetwork {
    var graph: Graph
    var weights: Weights
    /// Labels of the classes; `nil` if the file has none.
    var labels: [String]?
    /// Normalization of the input; `nil` if the file has none.
    var normalization: InputNormalization?
    /// Order of the input's channels; `nil` if the file does not say it.
    var colours: InputNormalization.Colours?
    /// First operations of the network, `scale · x + shift`. They become part of the input normalization instead of
    /// layers.
    var inputScale: [Float] = [1]
    var inputShift: [Float] = [0]
    /// Program that wrote the file; empty if unknown.
    var producer = ""
    /// Licence of the file; `nil` if unknown.
    var licence: String?

    /// Number of classes; 0 if the output is an image.
    var classes: Int {
        let output = graph[graph.output]
        if case .detections(let parameters) = output.layer { return parameters.classes }
        return output.shape.isVector ? output.shape.channels : 0
    }

    /// Whether the output has detections.
    var isDetector: Bool { graph.task == .detection }

    /// Whether the network ends with softmax or a sigmoid.
    var endsWithProbabilities: Bool { graph.givesProbabilities(graph.output) }
}

extension Graph {
    /// Whether a value is the output of softmax or a sigmoid, whatever its shape is.
    func givesProbabilities(_ value: Value) -> Bool {
        var node = self[value]
        while true {
            switch node.layer {
            case .softmax, .activation(.sigmoid): return true
            case .quantize, .dequantize, .reshape, .rowConcatenation: node = self[node.inputs[0]]
            case .input, .convolution, .depthwise, .transposedConvolution, .dense, .normalization, .activation, .add,
                .multiply, .globalAveragePool, .averagePool, .maxPool, .upsample, .concatenation, .detections:
                return false
            }
        }
    }
}

/// Input normalization of known publishers, for files that do not contain it.
enum KnownInputs {
    static func normalization(of network: ImportedNetwork) -> InputNormalization {
        let input = network.graph[network.graph.input].shape
        let output = network.graph[network.graph.output].shape
        // Networks of OpenVINO take what OpenCV reads, and contain the scaling.
        if network.producer == OpenVINOImport.producer {
            return InputNormalization(mean: 0, standardDeviation: 1, colours: .bgr)
        }
        // A network whose first operation divides by a large value takes bytes (0–255), others take values from 0 to 1.
        if let largest = network.inputScale.map(abs).max(), network.inputScale != [1] || network.inputShift != [0] {
            return InputNormalization(mean: 0, standardDeviation: largest < 0.1 ? 1 : 255)
        }
        let producer = network.producer.lowercased()
        if producer.contains("paddle") { return paddle(input: input, output: output) }
        if producer.contains("tensorflow lite") {
            // Visual wake words of MLPerf Tiny (Banbury et al., 2021): 0 to 1.
            let isWakeWords = input.width == 96 && input.height == 96 && output == Shape(channels: 2)
            return isWakeWords ? InputNormalization(mean: 0, standardDeviation: 255) : .symmetric
        }
        if ["tf2onnx", "keras", "tensorflow"].contains(where: producer.contains) { return .symmetric }
        return .imageNetStatistics
    }

    /// Returns the normalization of Paddle's networks. PaddleOCR reads images with OpenCV, in the order BGR: its
    /// detector takes ImageNet's statistics, its classifier of directions −1 to 1. PaddleClas is the same as PyTorch.
    private static func paddle(input: Shape, output: Shape) -> InputNormalization {
        if !output.isVector {
            var statistics = InputNormalization.imageNetStatistics
            statistics.colours = .bgr
            return statistics
        }
        if input.height != input.width {
            return InputNormalization(mean: 127.5, standardDeviation: 127.5, colours: .bgr)
        }
        return .imageNetStatistics
    }
}
