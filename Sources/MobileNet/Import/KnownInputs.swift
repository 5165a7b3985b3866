/// How the networks of known publishers want their input, where a file says nothing of it.
enum KnownInputs {
    static func normalization(of network: ImportedNetwork) -> InputNormalization {
        let input = network.graph[network.graph.input].shape
        let output = network.graph[network.graph.output].shape
        // A network that divides by itself wants bytes; one that takes off a mean of parts of one wants those.
        if let largest = network.inputScale.map(abs).max(), network.inputScale != [1] || network.inputShift != [0] {
            return InputNormalization(mean: 0, standardDeviation: largest < 0.1 ? 1 : 255)
        }
        let producer = network.producer.lowercased()
        if producer.contains("paddle") { return paddle(input: input, output: output) }
        if producer.contains("tensorflow lite") {
            // MLPerf Tiny's visual wake words (Banbury et al., 2021): 0 to 1.
            let isWakeWords = input.width == 96 && input.height == 96 && output == Shape(channels: 2)
            return isWakeWords ? InputNormalization(mean: 0, standardDeviation: 255) : .symmetric
        }
        if ["tf2onnx", "keras", "tensorflow"].contains(where: producer.contains) { return .symmetric }
        return .imageNetStatistics
    }

    /// PaddleOCR reads images with OpenCV; its detector takes ImageNet's statistics in that order, its classifier of
    /// directions goes from −1 to 1. PaddleClas is as PyTorch.
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
