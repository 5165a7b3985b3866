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

    /// - Parameter graph: the network of a family that the origin has, at any width.
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

    /// torchvision's MobileNetV2: convolution and normalisation are a pair, but those of the projection are not.
    /// The blocks of V1 are two pairs.
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

    /// torchvision's MobileNetV3: everything is a numbered part of a sequence, and a part that a block
    /// does not have is not counted.
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

    /// timm: blocks are numbered in each stage, normalisations in each block.
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
                // The last 1×1 convolution is called linear ("pwl") where there is one before it.
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

    /// TensorFlow's EfficientNet: normalisations count from one where there is no expansion before them.
    private mutating func addTensorFlow(_ parts: BlockParts, _ index: Int) {
        let source = "_blocks.\(index)."
        let numbers = ["expand": 0, "depthwise": 1, "project": 2]
        for layer in parts.convolutions {
            add("blocks.\(index).\(layer)", source + "_\(layer)_conv", source + "_bn\(numbers[layer] ?? 0)")
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

/// What a block of a network consists of.
struct BlockParts: Equatable {
    /// In the order in which they run: some of `expand`, `depthwise`, `project`, `pointwise`.
    var convolutions: [String] = []
    /// Whether there is squeeze-and-excitation.
    var squeezes = false
    /// Channels that come out.
    var outputs = 0

    /// The blocks of a network of a table, whose layers are called `blocks.3.expand`.
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
            default: break
            }
        }
        return blocks
    }

    /// How many blocks one after the other have the same number of channels, in the family's own table: in a
    /// narrow network, rounding may make neighbours alike.
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
