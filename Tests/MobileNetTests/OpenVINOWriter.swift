import Foundation

@testable import MobileNet

/// Writer of networks of OpenVINO: layers with their attributes, edges and constants.
struct OpenVINOWriter {
    /// Element type of the weights.
    var weightType = ElementType.float32
    var version = 11
    private(set) var layers: [String] = []
    private(set) var edges: [String] = []
    private(set) var weights: [UInt8] = []
    private var count = 0

    /// The XML file.
    var xml: [UInt8] {
        let text = """
            <?xml version="1.0"?>
            <net name="small" version="\(version)">
            <layers>
            \(layers.joined(separator: "\n"))
            </layers>
            <edges>
            \(edges.joined(separator: "\n"))
            </edges>
            </net>
            """
        return Array(text.utf8)
    }

    /// Adds a layer.
    ///
    /// - Parameters:
    ///   - attributes: of the element `data`, as they stand there.
    ///   - inputs: identifiers of layers.
    /// - Returns: its identifier.
    @discardableResult
    mutating func add(_ type: String, _ attributes: String = "", _ inputs: [Int] = []) -> Int {
        let id = count
        count += 1
        let data = attributes.isEmpty ? "" : "<data \(attributes)/>"
        layers.append(
            "<layer id=\"\(id)\" name=\"\(type)_\(id)\" type=\"\(type)\" version=\"opset1\">\(data)<output>"
                + "<port id=\"9\"/></output></layer>")
        for (port, input) in inputs.enumerated() {
            edges.append("<edge from-layer=\"\(input)\" from-port=\"9\" to-layer=\"\(id)\" to-port=\"\(port)\"/>")
        }
        return id
    }

    /// Adds weights, converted to float32 if they are not.
    mutating func constant(_ values: [Float], shape: [Int]) -> Int {
        let start = weights.count
        for value in values {
            if weightType == .float16 {
                withUnsafeBytes(of: Float16(value)) { weights += Array($0) }
            } else {
                withUnsafeBytes(of: value) { weights += Array($0) }
            }
        }
        let id = add(
            "Const",
            "element_type=\"\(weightType == .float16 ? "f16" : "f32")\" \(place(of: shape, from: start))")
        return weightType == .float16 ? add("Convert", "destination_type=\"f32\"", [id]) : id
    }

    /// Adds a list of integers.
    mutating func integers(_ values: [Int64], shape: [Int]? = nil) -> Int {
        let start = weights.count
        for value in values { withUnsafeBytes(of: value) { weights += Array($0) } }
        return add("Const", "element_type=\"i64\" \(place(of: shape ?? [values.count], from: start))")
    }

    private func place(of shape: [Int], from start: Int) -> String {
        let list = shape.map(String.init).joined(separator: ", ")
        return "shape=\"\(list)\" offset=\"\(start)\" size=\"\(weights.count - start)\""
    }

    /// A detector of 32 × 32 pixels with a map of 2 × 2 and one prior box of 8 × 8 pixels at each. Red pixels are the first
    /// class, green ones the second.
    static func detector(weightType: ElementType = .float32, version: Int = 11) -> OpenVINOWriter {
        var writer = OpenVINOWriter(weightType: weightType, version: version)
        let image = writer.add("Parameter", "shape=\"1,3,32,32\" element_type=\"f32\"")
        let identity = writer.constant([1, 0, 0, 0, 1, 0, 0, 0, 1], shape: [3, 3, 1, 1])
        let map = writer.add("Convolution", convolution(stride: 16), [image, identity])
        let noShift = writer.constant([Float](repeating: 0, count: 12), shape: [4, 3, 1, 1])
        let places = writer.flat(writer.add("Convolution", convolution(stride: 1), [map, noShift]))
        // Scores of red, green and the background.
        let red = writer.constant([0.04, 0, 0, 0, 0.04, 0, 0, 0, 0], shape: [3, 3, 1, 1])
        let logits = writer.add("Convolution", convolution(stride: 1), [map, red])
        let bias = writer.constant([0, 0, 2], shape: [1, 3, 1, 1])
        let biased = writer.add("Add", "auto_broadcast=\"numpy\"", [logits, bias])
        let scores = writer.flat(writer.softmax(biased))
        let boxes = writer.add(
            "PriorBoxClustered",
            "step=\"16\" width=\"8\" height=\"8\" clip=\"false\" offset=\"0.5\" variance=\"0.1, 0.1, 0.2, 0.2\"",
            [writer.integers([2, 2]), writer.integers([32, 32])])
        let priors = writer.add("Unsqueeze", "", [boxes, writer.integers([0])])
        let detections = writer.add(
            "DetectionOutput",
            "background_label_id=\"2\" num_classes=\"3\" top_k=\"10\" keep_top_k=\"10\" nms_threshold=\"0.45\" "
                + "confidence_threshold=\"0.02\" code_type=\"caffe.PriorBoxParameter.CENTER_SIZE\" share_location=\"true\" "
                + "variance_encoded_in_target=\"false\" normalized=\"true\"",
            [places, scores, priors])
        writer.add("Result", "", [detections])
        return writer
    }

    private static func convolution(stride: Int) -> String {
        "strides=\"\(stride), \(stride)\" dilations=\"1, 1\" pads_begin=\"0, 0\" pads_end=\"0, 0\" auto_pad=\"explicit\""
    }

    /// Channels last, in one row.
    private mutating func flat(_ value: Int) -> Int {
        let last = add("Transpose", "", [value, integers([0, 2, 3, 1])])
        return add("Reshape", "special_zero=\"true\"", [last, integers([1, -1])])
    }

    /// Softmax over the channels, channels first again.
    private mutating func softmax(_ value: Int) -> Int { add("SoftMax", "axis=\"1\"", [value]) }
}
