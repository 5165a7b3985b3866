/// What an importer makes of a file.
struct ImportedNetwork {
    var graph: Graph
    var weights: Weights
    /// What the classes are called, if the file says so.
    var labels: [String]?
    /// How images become the input, if the file says so.
    var normalization: InputNormalization?
    /// What the network's own first steps do to the image, `scale · x + shift`: no layers, but a part of how it is loaded.
    var inputScale: [Float] = [1]
    var inputShift: [Float] = [0]
    /// Which program wrote the file, if it says so.
    var producer = ""
    /// Under which terms the file may be used, if it says so.
    var licence: String?

    /// How many classes it tells apart; none if what comes out is an image.
    var classes: Int {
        let output = graph[graph.output]
        if case .detections(let parameters) = output.layer { return parameters.classes }
        return output.shape.isVector ? output.shape.channels : 0
    }

    /// Whether the network itself ends with probabilities.
    var endsWithProbabilities: Bool {
        var node = graph[graph.output]
        while true {
            switch node.layer {
            case .softmax, .activation(.sigmoid): return true
            case .quantize, .dequantize, .reshape: node = graph[node.inputs[0]]
            default: return false
            }
        }
    }
}
