/// SSDLite on MobileNetV3-Large for images of 320 × 320 pixels (Howard et al., "Searching for MobileNetV3", 2019, section
/// 6.3), as torchvision's `ssdlite320_mobilenet_v3_large` has it.
///
/// Layers have the names that they have in torchvision's state dict. Six feature maps, from stride 16 on, have a pair of
/// heads each: box offsets and class scores of six anchors for each pixel.
struct SSDLite {
    /// Channels of the last three blocks: 80 in the paper's detector ("reduced tail"), 160 on a backbone that was trained to
    /// classify.
    var tail: Int
    /// Number of classes, without the background.
    var classes: Int

    /// Height and width of the input, in pixels.
    static let resolution = 320
    /// Channels of the four feature maps behind the backbone.
    private static let extras = [512, 256, 256, 128]
    /// ε of batch normalization.
    private static let epsilon: Float = 1e-3

    /// Returns the network with its post-processing.
    func graph() throws(GraphError) -> Graph {
        var builder = Builder(Shape(channels: 3, height: Self.resolution, width: Self.resolution), Self.epsilon)
        let features = try builder.features(rows: rows, tail: tail, extras: Self.extras)
        let offsets = try builder.heads("head.regression_head", columns: 4, features)
        let logits = try builder.heads("head.classification_head", columns: classes + 1, features)
        let scores = try builder.graph.add(.softmax, named: "scores", to: logits)
        _ = try builder.graph.add(.detections(parameters), named: "detections", to: offsets, scores)
        return builder.graph
    }

    /// Rows of MobileNetV3-Large with another tail.
    private var rows: [MobileNetV3.Row] {
        var rows = MobileNetV3.large.rows
        for index in rows.indices.suffix(3) {
            rows[index].output = tail
            if index > rows.count - 3 { rows[index].expanded = 6 * tail }
        }
        return rows
    }

    /// Rules of torchvision: a score above 0.001, the best 300 of each class, suppression of each class above an overlap of
    /// 0.55, then the best 300.
    private var parameters: DetectionParameters {
        var parameters = DetectionParameters(
            most: 300, classes: classes, scoreThreshold: Float(0.001).nextUp, overlapThreshold: 0.55,
            scales: [10, 10, 5, 5], isPerClass: true, mostPerClass: 300)
        parameters.mostCandidates = 300
        parameters.boxOrder = .xywh
        parameters.clipping = .beforeSuppression
        return parameters
    }

    // MARK: - Anchors

    /// Sides of the square anchors of each feature map, as fractions of the image; the last one only closes the series.
    private static let scales = [0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1]
    private static let aspectRatios = [2.0, 3]
    /// Height and width of the feature maps.
    private static let grids = [20, 10, 5, 3, 2, 1]
    /// Anchors of a pixel: two squares, and two rectangles for each aspect ratio.
    static let anchorsPerPixel = 2 + 2 * aspectRatios.count

    /// Anchors, one row for each row of the heads: centre y, centre x, height and width in normalized coordinates.
    static var anchors: Tensor {
        var values: [Float] = []
        for (index, grid) in grids.enumerated() {
            let sides = sides(index)
            for y in 0..<grid {
                for x in 0..<grid {
                    let center = [y, x].map { Float((Double($0) + 0.5) / Double(grid)) }
                    for side in sides { values += center + [side.height, side.width] }
                }
            }
        }
        return Tensor(shape: [values.count / 4, 4], values: values)
    }

    private static func sides(_ index: Int) -> [(width: Float, height: Float)] {
        let scale = scales[index]
        let between = (scale * scales[index + 1]).squareRoot()
        var sides = [(scale, scale), (between, between)]
        for ratio in aspectRatios.map({ $0.squareRoot() }) {
            sides += [(scale * ratio, scale / ratio), (scale / ratio, scale * ratio)]
        }
        return sides.map { (Float(min($0.0, 1)), Float(min($0.1, 1))) }
    }
}

/// Builder of the network's layers with torchvision's names.
private struct Builder {
    var graph: Graph
    private let epsilon: Float

    init(_ input: Shape, _ epsilon: Float) {
        graph = Graph(input: input)
        self.epsilon = epsilon
    }

    /// Appends the backbone and the layers behind it.
    ///
    /// - Returns: the six feature maps.
    mutating func features(
        rows: [MobileNetV3.Row], tail: Int, extras: [Int]
    ) throws(GraphError) -> [Graph.Value] {
        var features: [Graph.Value] = []
        var value = try convolution(
            "backbone.features.0.0", outputs: 16, KernelGeometry(size: 3, stride: 2), .hardSwish, to: graph.input)
        for (index, row) in rows.enumerated() { value = try block(index, row, to: value, &features) }
        features.append(
            try convolution("backbone.features.1.3", outputs: 6 * tail, .pixel, .hardSwish, to: value))
        for (index, channels) in extras.enumerated() {
            let name = "backbone.extra.\(index)"
            value = try convolution(
                name + ".0", outputs: channels / 2, .pixel, .relu6, to: features[features.count - 1])
            value = try depthwise(name + ".1", KernelGeometry(size: 3, stride: 2), .relu6, to: value)
            features.append(try convolution(name + ".2", outputs: channels, .pixel, .relu6, to: value))
        }
        return features
    }

    /// Index of the block whose expansion is the first feature map: torchvision cuts the backbone there.
    private static let cut = 12

    /// Appends an inverted residual block; the layers that it does not have are not counted in the names.
    private mutating func block(
        _ index: Int, _ row: MobileNetV3.Row, to input: Graph.Value, _ features: inout [Graph.Value]
    ) throws(GraphError) -> Graph.Value {
        let prefix =
            switch index {
            case ..<Self.cut: "backbone.features.0.\(index + 1).block."
            case Self.cut: "backbone.features.1.0."
            default: "backbone.features.1.\(index - Self.cut).block."
            }
        var part = 0
        var value = input
        if row.expanded != graph[input].shape.channels {
            let name = index == Self.cut ? "backbone.features.0.\(Self.cut + 1)" : prefix + "0"
            value = try convolution(name, outputs: row.expanded, .pixel, row.activation, to: value)
            if index == Self.cut { features.append(value) }
            part = 1
        }
        value = try depthwise(
            prefix + "\(part)", KernelGeometry(size: row.kernel, stride: row.stride), row.activation, to: value)
        part += 1
        if row.squeeze {
            value = try squeezeExcitation(prefix + "\(part)", to: value)
            part += 1
        }
        value = try convolution(prefix + "\(part)", outputs: row.output, .pixel, .linear, to: value)
        guard graph[value].shape == graph[input].shape else { return value }
        return try graph.add(.add, named: prefix + "sum", to: value, input)
    }

    private mutating func squeezeExcitation(_ name: String, to input: Graph.Value) throws(GraphError) -> Graph.Value {
        let channels = graph[input].shape.channels
        var gate = try graph.add(.globalAveragePool, named: name + ".mean", to: input)
        gate = try graph.add(.dense(outputs: roundedToEight(Double(channels / 4))), named: name + ".fc1", to: gate)
        gate = try graph.add(.activation(.relu), named: name + ".relu", to: gate)
        gate = try graph.add(.dense(outputs: channels), named: name + ".fc2", to: gate)
        gate = try graph.add(.activation(.hardSigmoid), named: name + ".gate", to: gate)
        return try graph.add(.multiply, named: name + ".scale", to: input, gate)
    }

    /// Appends the heads of all feature maps: a depthwise convolution, and one of a pixel.
    ///
    /// - Returns: a table with a row for each anchor, `[columns, rows, 1]`.
    mutating func heads(
        _ name: String, columns: Int, _ features: [Graph.Value]
    ) throws(GraphError) -> Graph.Value {
        var tables: [Graph.Value] = []
        for (index, feature) in features.enumerated() {
            let name = "\(name).module_list.\(index)"
            let value = try depthwise(name + ".0", KernelGeometry(size: 3), .relu6, to: feature)
            let map = try graph.add(
                .convolution(outputs: SSDLite.anchorsPerPixel * columns, kernel: .pixel, bias: true),
                named: name + ".1", to: value)
            tables.append(try graph.add(.reshape(channels: columns), named: name + ".rows", to: map))
        }
        return try graph.add(.rowConcatenation, named: name + ".rows", to: tables)
    }

    private mutating func convolution(
        _ name: String, outputs: Int, _ kernel: KernelGeometry, _ activation: Activation, to input: Graph.Value
    ) throws(GraphError) -> Graph.Value {
        let value = try graph.add(
            .convolution(outputs: outputs, kernel: kernel, bias: false), named: name + ".0", to: input)
        return try normalization(name, activation, to: value)
    }

    private mutating func depthwise(
        _ name: String, _ kernel: KernelGeometry, _ activation: Activation, to input: Graph.Value
    ) throws(GraphError) -> Graph.Value {
        let value = try graph.add(.depthwise(kernel: kernel, bias: false), named: name + ".0", to: input)
        return try normalization(name, activation, to: value)
    }

    private mutating func normalization(
        _ name: String, _ activation: Activation, to input: Graph.Value
    ) throws(GraphError) -> Graph.Value {
        let value = try graph.add(.normalization(epsilon: epsilon), named: name + ".1", to: input)
        guard activation != .linear else { return value }
        return try graph.add(.activation(activation), named: "\(name).\(activation)", to: value)
    }
}
