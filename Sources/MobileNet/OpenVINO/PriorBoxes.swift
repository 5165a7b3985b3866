import Glibc

/// Prior boxes (anchors) of single-shot detectors: OpenVINO's `PriorBox` and `PriorBoxClustered`, with the order and the
/// rounding of Caffe's layer, which the networks were trained with.
///
/// "PriorBox" and "PriorBoxClustered", opset1 and opset8:
/// <https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets/operation-specs/detection/prior-box-1.html>.
struct PriorBoxes {
    private let attributes: [String: OnnxFile.Attribute]
    /// Height and width of the feature map.
    private let map: (height: Int, width: Int)
    /// Height and width of the image.
    private let image: (height: Int, width: Int)

    /// Upper limit of the boxes of a feature map.
    private static let most = 1 << 18

    /// Computes the boxes: `[2, count · 4]`, left, top, right and bottom edge in normalized coordinates (0–1), then the
    /// variances.
    ///
    /// - Parameters:
    ///   - node: operator, with its attributes.
    ///   - inputs: height and width of the feature map, and of the image.
    /// - Throws: ``FormatError`` if a value is out of range or not supported.
    static func evaluate(_ node: OnnxFile.Node, _ inputs: [OnnxConstant?]) throws(FormatError) -> OnnxConstant {
        let boxes = try PriorBoxes(node, inputs)
        let sizes = node.operation == "PriorBox" ? try boxes.sizes() : try boxes.clusteredSizes()
        let steps = try boxes.steps()
        guard boxes.map.height * boxes.map.width <= most, !sizes.isEmpty,
            sizes.count <= most / (boxes.map.height * boxes.map.width)
        else { throw FormatError("none, or more, prior boxes than any network has") }
        let variances = try boxes.variances()
        let edges = try boxes.edges(sizes, steps)
        let count = edges.count / 4
        return OnnxConstant(
            shape: [2, 4 * count], values: .floats(edges + (0..<count).flatMap { _ in variances }))
    }

    private init(_ node: OnnxFile.Node, _ inputs: [OnnxConstant?]) throws(FormatError) {
        func extents(_ place: Int) throws(FormatError) -> (height: Int, width: Int) {
            let input = inputs.indices.contains(place) ? inputs[place] : nil
            guard let values = input?.integers, values.count == 2, values.allSatisfy({ (1...1 << 14).contains($0) })
            else { throw FormatError("the size of its feature map or image is out of range") }
            return (values[0], values[1])
        }
        attributes = node.attributes
        map = try extents(0)
        image = try extents(1)
    }

    private func number(_ name: String) -> Float { attributes[name]?.float ?? 0 }

    /// Returns a list of sizes in pixels, or of ratios.
    private func list(_ name: String) throws(FormatError) -> [Float] {
        let values = attributes[name]?.floats ?? []
        guard values.count <= 64, values.allSatisfy({ $0 > 0 && $0 <= 1e6 }) else {
            throw FormatError("its \(name) is out of range")
        }
        return values
    }

    private func variances() throws(FormatError) -> [Float] {
        let values = attributes["variance"]?.floats ?? []
        switch values.count {
        case 0: return [0.1, 0.1, 0.1, 0.1]
        case 1: return [Float](repeating: values[0], count: 4)
        case 4: return values
        default: throw FormatError("it has \(values.count) variances")
        }
    }

    /// Distance between the boxes of neighbouring pixels of the feature map, in pixels of the image.
    private func steps() throws(FormatError) -> (y: Float, x: Float) {
        let step = number("step")
        var (y, x) = (number("step_h"), number("step_w"))
        if y == 0 { y = step }
        if x == 0 { x = step }
        if y == 0, x == 0 {
            (y, x) = (Float(image.height) / Float(map.height), Float(image.width) / Float(map.width))
        }
        guard (0...1e6).contains(y), (0...1e6).contains(x), abs(number("offset")) <= 1e3 else {
            throw FormatError("its step or offset is out of range")
        }
        return (y, x)
    }

    private func edges(_ sizes: [(width: Float, height: Float)], _ steps: (y: Float, x: Float)) throws(FormatError)
        -> [Float]
    {
        // Caffe's layer ignores the offset if the file gives no step.
        let hasOffset = attributes["width"] != nil || number("step") != 0
        let offset = hasOffset ? number("offset") : 0.5
        let clips = attributes["clip"].map { $0.integer != 0 } ?? false
        var edges: [Float] = []
        edges.reserveCapacity(4 * sizes.count * map.height * map.width)
        for row in 0..<map.height {
            for column in 0..<map.width {
                let (x, y) = ((Float(column) + offset) * steps.x, (Float(row) + offset) * steps.y)
                for size in sizes {
                    let (width, height) = (Float(image.width), Float(image.height))
                    let box = [
                        (x - size.width / 2) / width, (y - size.height / 2) / height,
                        (x + size.width / 2) / width, (y + size.height / 2) / height,
                    ]
                    edges += clips ? box.map { min(max($0, 0), 1) } : box
                }
            }
        }
        return edges
    }

    // MARK: - Sizes

    private func clusteredSizes() throws(FormatError) -> [(width: Float, height: Float)] {
        let (widths, heights) = (try list("width"), try list("height"))
        guard widths.count == heights.count else {
            throw FormatError("\(widths.count) widths and \(heights.count) heights of prior boxes")
        }
        return Array(zip(widths, heights)).map { (width: $0, height: $1) }
    }

    /// Returns the sizes of the boxes of a pixel: for each minimum, the square, the square between minimum and maximum,
    /// then the other ratios.
    private func sizes() throws(FormatError) -> [(width: Float, height: Float)] {
        guard try list("fixed_size").isEmpty, try list("fixed_ratio").isEmpty, try list("density").isEmpty else {
            throw FormatError("not supported: prior boxes with a density")
        }
        let (minima, maxima) = (try list("min_size"), try list("max_size"))
        let ratios = try ratios()
        let scalesAll = attributes["scale_all_sizes"].map { $0.integer != 0 } ?? true
        let squaresFirst = attributes["min_max_aspect_ratios_order"].map { $0.integer != 0 } ?? true
        var sizes: [(width: Float, height: Float)] = []
        for (index, minimum) in minima.enumerated() {
            var between: [(width: Float, height: Float)] = []
            if index < maxima.count {
                let side = (minimum * maxima[index]).squareRoot()
                between = [(side, side)]
            }
            let isLast = index == minima.count - 1
            let side = scalesAll ? minimum : minima[0]
            let others = scalesAll || isLast ? ratios.map { (side * $0.squareRoot(), side / $0.squareRoot()) } : []
            sizes.append((minimum, minimum))
            sizes += squaresFirst ? between + others : others + between
        }
        return sizes
    }

    /// Ratios of width to height other than 1, each once.
    private func ratios() throws(FormatError) -> [Float] {
        let flips = attributes["flip"].map { $0.integer != 0 } ?? false
        var ratios: [Float] = [1]
        for ratio in try list("aspect_ratio") where !ratios.contains(where: { abs($0 - ratio) < 1e-6 }) {
            ratios.append(ratio)
            if flips { ratios.append(1 / ratio) }
        }
        return Array(ratios.dropFirst())
    }
}
