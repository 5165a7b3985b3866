/// Names of a network's layers in the checkpoints of an origin.
struct CheckpointNames {
    /// Name in the checkpoint of each layer that has parameters.
    private(set) var sources: [String: String] = [:]

    /// Returns the name of a parameter in the checkpoint.
    func source(of parameter: Parameter) -> String? {
        guard let dot = parameter.name.lastIndex(of: "."), let layer = sources[String(parameter.name[..<dot])] else {
            return nil
        }
        return layer + parameter.name[dot...]
    }

    /// Whether a tensor of a checkpoint is not a weight: PyTorch stores the number of training batches, too.
    static func isIgnored(_ name: String) -> Bool { name.hasSuffix(".num_batches_tracked") }

    /// - Parameters:
    ///   - graph: network of the family, at any width.
    ///   - family: one of the origin's ``CheckpointOrigin/families``.
    ///   - origin: publisher of the checkpoint.
    init(_ graph: Graph, of family: Architecture.Family, from origin: CheckpointOrigin) {
        let blocks = BlockParts.blocks(of: graph)
        switch origin {
        case .torchvision where family == .mobileNetV2, .pyTorch:
            addEnds(
                "features.0.0", "features.0.1",
                head: ("features.\(blocks.count + 1).0", "features.\(blocks.count + 1).1"))
            for (index, parts) in blocks.enumerated() { addNested(parts, index) }
            sources["classifier"] = "classifier.1"
        case .torchvision:
            addEnds(
                "features.0.0", "features.0.1",
                head: ("features.\(blocks.count + 1).0", "features.\(blocks.count + 1).1"))
            for (index, parts) in blocks.enumerated() { addNumbered(parts, index) }
            sources["hidden"] = "classifier.0"
            sources["classifier"] = "classifier.3"
        case .timm where [.mobileNetV4ConvSmall, .mobileNetV4ConvMedium, .mobileNetV4ConvLarge].contains(family):
            addMobileNetV4(MobileNetV4(family).stages)
        case .timm where family == .mobileNetEdgeTPU:
            addEdgeTPU()
        case .timm, .timmTensorFlow:
            addTimm(
                blocks, stages: BlockParts.stages(of: family), hasHidden: graph.nodes.contains { $0.name == "hidden" })
        case .efficientNetPackage:
            addEnds("_conv_stem", "_bn0", head: ("_conv_head", "_bn1"))
            for (index, parts) in blocks.enumerated() { addTensorFlow(parts, index) }
            sources["classifier"] = "_fc"
        }
        // MobileNetV1 has no layer between its blocks and the classifier.
        if !graph.nodes.contains(where: { $0.name == "head" }) {
            sources["head"] = nil
            sources["head.norm"] = nil
        }
    }

    /// Adds a block in the scheme of torchvision's MobileNetV2: a convolution and its normalization are a nested pair,
    /// except those of the projection. A block of V1 is two pairs.
    private mutating func addNested(_ parts: BlockParts, _ index: Int) {
        let source = "features.\(index + 1).conv."
        var part = 0
        for layer in parts.convolutions {
            if layer == "project" {
                add("blocks.\(index).\(layer)", source + "\(part)", source + "\(part + 1)")
            } else {
                add("blocks.\(index).\(layer)", source + "\(part).0", source + "\(part).1")
            }
            part += 1
        }
    }

    /// Adds a block in the scheme of torchvision's MobileNetV3: the layers of a block are numbered, and layers that the
    /// block does not have are not counted.
    private mutating func addNumbered(_ parts: BlockParts, _ index: Int) {
        var part = 0
        for layer in parts.convolutions {
            if layer == "project", parts.squeezes {
                addSqueeze(index, "features.\(index + 1).block.\(part).fc1", "features.\(index + 1).block.\(part).fc2")
                part += 1
            }
            let source = "features.\(index + 1).block.\(part)"
            add("blocks.\(index).\(layer)", source + ".0", source + ".1")
            part += 1
        }
    }

    /// Adds the blocks in the scheme of timm: blocks are numbered within a stage, normalizations within a block.
    private mutating func addTimm(_ blocks: [BlockParts], stages: [Int], hasHidden: Bool) {
        addEnds(
            "conv_stem", "bn1",
            head: hasHidden ? ("blocks.\(stages.count).0.conv", "blocks.\(stages.count).0.bn1") : ("conv_head", "bn2"))
        if hasHidden { sources["hidden"] = "conv_head" }
        sources["classifier"] = "classifier"
        var index = 0
        for (stage, count) in stages.enumerated() {
            for place in 0..<count where index < blocks.count {
                let source = "blocks.\(stage).\(place)."
                let parts = blocks[index]
                // The last 1×1 convolution is called linear ("pwl") if the block has another one before it.
                let expands = parts.convolutions.contains("expand")
                let names = [
                    "expand": "conv_pw", "depthwise": "conv_dw", "project": expands ? "conv_pwl" : "conv_pw",
                    "pointwise": "conv_pw",
                ]
                for (part, layer) in parts.convolutions.enumerated() {
                    add("blocks.\(index).\(layer)", source + (names[layer] ?? layer), source + "bn\(part + 1)")
                }
                if parts.squeezes { addSqueeze(index, source + "se.conv_reduce", source + "se.conv_expand") }
                index += 1
            }
        }
    }

    /// Adds the layers of a MobileNetV4 in the scheme of timm. The last convolution before the mean is a stage of its own.
    private mutating func addMobileNetV4(_ stages: [[StageBlock]]) {
        addEnds("conv_stem", "bn1", head: ("blocks.\(stages.count).0.conv", "blocks.\(stages.count).0.bn1"))
        add("hidden", "conv_head", "norm_head")
        sources["classifier"] = "classifier"
        addStages(stages)
    }

    /// Adds the layers of a MobileNetEdgeTPU in the scheme of timm.
    private mutating func addEdgeTPU() {
        addEnds("conv_stem", "bn1", head: ("conv_head", "bn2"))
        sources["classifier"] = "classifier"
        addStages(MobileNetEdgeTPU.stages)
    }

    private mutating func addStages(_ stages: [[StageBlock]]) {
        var index = 0
        for (stage, blocks) in stages.enumerated() {
            for (place, block) in blocks.enumerated() {
                for (layer, convolution, normalization) in Self.timmParts(of: block) {
                    let source = "blocks.\(stage).\(place)."
                    add("blocks.\(index).\(layer)", source + convolution, source + normalization)
                }
                index += 1
            }
        }
    }

    /// Returns our name of each convolution of a block, and timm's names of the convolution and its normalization. A block may
    /// lack some of them.
    private static func timmParts(of block: StageBlock) -> [(String, String, String)] {
        switch block {
        case .convolution: [("convolution", "conv", "bn1")]
        case .fused: [("expand", "conv_exp", "bn1"), ("project", "conv_pwl", "bn2")]
        case .inverted: [("expand", "conv_pw", "bn1"), ("depthwise", "conv_dw", "bn2"), ("project", "conv_pwl", "bn3")]
        case .universal:
            [("start", "dw_start"), ("expand", "pw_exp"), ("depthwise", "dw_mid"), ("project", "pw_proj")]
                .map { ($0, $1 + ".conv", $1 + ".bn") }
        }
    }

    /// Adds a block in the scheme of TensorFlow's EfficientNet: normalizations are numbered from 1 if the block
    /// has no expansion.
    private mutating func addTensorFlow(_ parts: BlockParts, _ index: Int) {
        let source = "_blocks.\(index)."
        let order = ["expand": 0, "depthwise": 1, "project": 2]
        for layer in parts.convolutions {
            add("blocks.\(index).\(layer)", source + "_\(layer)_conv", source + "_bn\(order[layer] ?? 0)")
        }
    }

    private mutating func addEnds(_ stem: String, _ stemNormalization: String, head: (String, String)) {
        add("stem", stem, stemNormalization)
        add("head", head.0, head.1)
    }

    private mutating func addSqueeze(_ index: Int, _ squeeze: String, _ excite: String) {
        sources["blocks.\(index).squeeze"] = squeeze
        sources["blocks.\(index).excite"] = excite
    }

    private mutating func add(_ layer: String, _ convolution: String, _ normalization: String) {
        sources[layer] = convolution
        sources[layer + ".norm"] = normalization
    }
}

/// Layers of a network's block.
struct BlockParts: Equatable {
    /// Convolutions in the order of execution: some of `expand`, `depthwise`, `project`, `pointwise`.
    var convolutions: [String] = []
    /// Whether the block has squeeze-and-excitation.
    var squeezes = false
    /// Channels of the output.
    var outputs = 0

    /// Returns the blocks of a known network, whose layers have names such as `blocks.3.expand`.
    static func blocks(of graph: Graph) -> [BlockParts] {
        var blocks: [BlockParts] = []
        for node in graph.nodes {
            let words = node.name.split(separator: ".")
            guard words.count == 3, words[0] == "blocks", let index = Int(words[1]) else { continue }
            if index == blocks.count { blocks.append(BlockParts()) }
            switch node.layer {
            case .convolution, .depthwise:
                blocks[index].convolutions.append(String(words[2]))
                blocks[index].outputs = node.shape.channels
            case .dense: blocks[index].squeezes = true
            case .input, .transposedConvolution, .normalization, .activation, .add, .multiply, .globalAveragePool,
                .averagePool, .maxPool, .upsample, .concatenation, .reshape, .rowConcatenation, .softmax, .quantize,
                .dequantize, .detections:
                break
            }
        }
        return blocks
    }

    /// Returns the number of blocks in each stage of a family. A stage is a run of blocks with the same number of
    /// output channels at width 1: in a narrow network, rounding may make the channels of two stages equal.
    static func stages(of family: Architecture.Family) -> [Int] {
        guard let graph = try? Architecture(family).graph() else { return [] }
        return blocks(of: graph).map(\.outputs).reduce(into: [(outputs: Int, count: Int)]()) { stages, outputs in
            if stages.last?.outputs == outputs {
                stages[stages.count - 1].count += 1
            } else {
                stages.append((outputs, 1))
            }
        }.map(\.count)
    }
}
