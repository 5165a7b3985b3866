/// JSON of a graph, stored in the model files of imported networks.
///
/// Decoding computes all shapes again, so a decoded graph is consistent. Layers that the output does not depend on are
/// dropped, as importers drop them. See ``Layer`` for the keys of the layers.
extension Graph: Codable {
    private enum CodingKeys: String, CodingKey {
        case input, quantization, requantization, layers
    }

    private struct Row: Codable {
        var name: String
        var layer: Layer
        var inputs: [Int]
        var quantization: Quantization?
    }

    /// Maximum number of layers. No network of the family has as many.
    static let mostLayers = 4096

    /// - Throws: `DecodingError`, or ``GraphError`` for a layer that does not fit its inputs.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let shape = try container.decode(Shape.self, forKey: .input)
        let quantization = try container.decodeIfPresent(Quantization.self, forKey: .quantization)
        guard shape.isPossible else {
            throw GraphError(layer: "input", index: 0, reason: "an image of \(shape) is impossible")
        }
        if let quantization, !quantization.isValid {
            throw GraphError(layer: "input", index: 0, reason: quantization.complaint)
        }
        self.init(
            input: shape, quantization: quantization,
            requantization: try container.decodeIfPresent(Requantization.self, forKey: .requantization) ?? .fixedPoint)
        var rows = try container.nestedUnkeyedContainer(forKey: .layers)
        var names: Set = ["input"]
        while !rows.isAtEnd {
            let row = try rows.decode(Row.self)
            guard nodes.count <= Self.mostLayers, names.insert(row.name).inserted else {
                throw GraphError(layer: row.name, index: nodes.count, reason: "too many layers, or two of one name")
            }
            _ = try add(row.layer, named: row.name, to: row.inputs.map(Value.init), quantization: row.quantization)
        }
        guard nodes.count > 1 else { throw GraphError(layer: "input", index: 0, reason: "no layer follows it") }
        self = try subgraph(upTo: output)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self[input].shape, forKey: .input)
        try container.encodeIfPresent(self[input].quantization, forKey: .quantization)
        if requantization != .fixedPoint { try container.encode(requantization, forKey: .requantization) }
        let rows = nodes.dropFirst().map { node in
            Row(name: node.name, layer: node.layer, inputs: node.inputs.map(\.index), quantization: node.quantization)
        }
        try container.encode(rows, forKey: .layers)
    }
}
