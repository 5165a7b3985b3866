/// Buffers of the values of a quantized network. Sizes and offsets are in bytes.
struct IntegerAssignment {
    let layers: [IntegerLayer]
    /// Buffer of each stored value.
    private(set) var buffers: [Graph.Value: Buffer] = [:]
    /// Offset of the scratch memory of each layer.
    private(set) var scratch: [Int: Int] = [:]
    /// Size of the scratch memory of each layer.
    private(set) var scratchSizes: [Int: Int] = [:]
    /// Offset of each float32 output.
    private(set) var floats: [Graph.Value: Int] = [:]
    /// Offset of the float32 output of the network: its own, or the dequantized one.
    private(set) var floatOutput = 0
    /// Size of the workspace, including the slack behind it.
    private(set) var workspaceSize = 0
    /// Ranges of the workspace that buffers use, each including the slack behind it.
    private(set) var ranges: [Range<Int>] = []

    private let graph: Graph
    /// Values that are read when the network has run.
    private let results: Set<Graph.Value>

    /// Channels in a block.
    static let lanes = 16

    /// - Parameters:
    ///   - fusion: the fused layers.
    ///   - graph: the graph of the network.
    ///   - kept: values that are read when the network has run.
    ///   - slack: the number of bytes behind a buffer that loops may read without using them.
    ///   - memory: the allocator, which decides whether buffers share memory.
    ///   - scratchSize: returns the size of the scratch memory of a layer.
    init(
        _ fusion: IntegerFusion, of graph: Graph, keeping kept: Set<Graph.Value> = [], slack: Int, memory: MemorySource,
        scratchSize: (IntegerLayer) -> Int
    ) {
        self.graph = graph
        layers = fusion.layers
        results = kept.union([fusion.output, fusion.features ?? fusion.output])
        makeBuffers()
        place(output: fusion.output, slack: slack, page: memory.page, scratchSize)
    }

    /// Buffer of a value.
    ///
    /// - Precondition: a layer writes the value.
    subscript(value: Graph.Value) -> Buffer {
        guard let buffer = buffers[value] else { preconditionFailure("no layer writes value \(value.index)") }
        return buffer
    }

    private mutating func makeBuffers() {
        var borders: [Graph.Value: Buffer.Border] = [:]
        for layer in layers {
            guard let kernel = layer.kernel else { continue }
            let input = layer.inputs[0]
            borders[input] = kernel.border(around: graph[input].shape).union(borders[input] ?? .init())
        }
        for layer in layers where !layer.isAlwaysFloat {
            buffers[layer.output] = Buffer(
                shape: graph[layer.output].shape, border: borders[layer.output] ?? .init(), lanes: Self.lanes)
        }
    }

    private mutating func place(
        output: Graph.Value, slack: Int, page: Int?, _ scratchSize: (IntegerLayer) -> Int
    ) {
        let values = buffers.keys.sorted { $0.index < $1.index }
        var requests = values.map { request(for: $0, size: self[$0].size) }
        for index in layers.indices {
            scratchSizes[index] = scratchSize(layers[index])
            requests.append(.init(size: scratchSizes[index] ?? 0, first: index, last: index))
        }
        let outputs = layers.filter(\.isAlwaysFloat).map(\.output)
        requests += outputs.map { request(for: $0, size: floatSize($0)) }
        // The dequantized output is written behind the last layer.
        if buffers[output] != nil {
            requests.append(.init(size: floatSize(output), first: layers.count, last: layers.count))
        }
        let plan = MemoryPlan(requests, alignment: MemorySource.alignment, slack: slack, page: page)
        for (at, value) in values.enumerated() { buffers[value]?.offset = plan.offsets[at] }
        for index in layers.indices { scratch[index] = plan.offsets[values.count + index] }
        for (at, value) in outputs.enumerated() { floats[value] = plan.offsets[values.count + layers.count + at] }
        floatOutput = floats[output] ?? plan.offsets.last ?? 0
        workspaceSize = plan.size
        ranges = plan.ranges
    }

    /// Returns a request whose lifetime is from the layer that writes a value to the last layer that reads it. The output
    /// of the network and its feature vector live to the end.
    private func request(for value: Graph.Value, size: Int) -> MemoryPlan.Request {
        let first = layers.firstIndex { $0.output == value } ?? 0
        let last = layers.lastIndex { $0.inputs.contains(value) } ?? first
        return .init(size: size, first: first, last: results.contains(value) ? layers.count : last)
    }

    private func floatSize(_ value: Graph.Value) -> Int { graph[value].shape.count * MemoryLayout<Float>.size }
}

extension IntegerLayer {
    /// Kernel that reads a border around its input.
    fileprivate var kernel: KernelGeometry? {
        switch kind {
        case .convolution(let kernel), .depthwise(let kernel): kernel
        case .add, .multiply, .lookup, .globalAveragePool, .pool, .softmax, .upsample, .concatenation, .reshape,
            .detections:
            nil
        }
    }

    /// Whether the output is float32.
    var isAlwaysFloat: Bool {
        if case .detections = kind { true } else { false }
    }
}
