import Kernels

/// Which values of a quantised network are stored, and where in the workspace, in bytes.
struct IntegerAssignment {
    let layers: [IntegerLayer]
    /// Where each value lies.
    private(set) var buffers: [Graph.Value: Buffer] = [:]
    /// Where each layer may keep what it needs only while it runs.
    private(set) var scratch: [Int: Int] = [:]
    /// How many bytes of it there are.
    private(set) var scratchSizes: [Int: Int] = [:]
    /// Where the numbers of each layer that computes numbers go.
    private(set) var numbers: [Graph.Value: Int] = [:]
    /// Where the numbers of the output go: its own, or those that its bytes stand for.
    private(set) var outputNumbers = 0
    /// The size of the workspace, with the slack behind it.
    private(set) var workspaceSize = 0
    /// The parts of the workspace that buffers use, each with the slack behind it.
    private(set) var stretches: [Range<Int>] = []

    private let graph: Graph

    /// Channels in a block.
    static let lanes = 16

    /// - Parameters:
    ///   - slack: bytes behind the workspace that loops may read, and do not use.
    ///   - scratchSize: how much of it a layer needs.
    init(
        _ fusion: IntegerFusion, of graph: Graph, slack: Int, memory: MemorySource, scratchSize: (IntegerLayer) -> Int
    ) {
        self.graph = graph
        layers = fusion.layers
        makeBuffers()
        place(output: fusion.output, slack: slack, page: memory.page, scratchSize)
    }

    /// The buffer of a value that some layer writes.
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
        var requests = values.map { request(for: $0, size: self[$0].size, output: output) }
        for index in layers.indices {
            scratchSizes[index] = scratchSize(layers[index])
            requests.append(.init(size: scratchSizes[index] ?? 0, first: index, last: index))
        }
        let tables = layers.filter(\.isAlwaysFloat).map(\.output)
        requests += tables.map { request(for: $0, size: numbersSize($0), output: output) }
        // What the output's bytes stand for is written behind the last layer.
        if buffers[output] != nil {
            requests.append(.init(size: numbersSize(output), first: layers.count, last: layers.count))
        }
        let plan = MemoryPlan(requests, alignment: MemorySource.alignment, slack: slack, page: page)
        for (at, value) in values.enumerated() { buffers[value]?.offset = plan.offsets[at] }
        for index in layers.indices { scratch[index] = plan.offsets[values.count + index] }
        for (at, value) in tables.enumerated() { numbers[value] = plan.offsets[values.count + layers.count + at] }
        outputNumbers = numbers[output] ?? plan.offsets.last ?? 0
        workspaceSize = plan.size
        stretches = plan.stretches
    }

    /// Memory for a value from the layer that writes it to the last one that reads it; for the output, to the end.
    private func request(for value: Graph.Value, size: Int, output: Graph.Value) -> MemoryPlan.Request {
        let first = layers.firstIndex { $0.output == value } ?? 0
        let last = layers.lastIndex { $0.inputs.contains(value) } ?? first
        return .init(size: size, first: first, last: value == output ? layers.count : last)
    }

    private func numbersSize(_ value: Graph.Value) -> Int { graph[value].shape.count * MemoryLayout<Float>.size }
}

extension IntegerLayer {
    /// The window that reads a border around its input.
    fileprivate var kernel: KernelGeometry? {
        switch kind {
        case .convolution(let kernel), .depthwise(let kernel): kernel
        default: nil
        }
    }

    /// Whether what it computes are numbers, and no bytes.
    var isAlwaysFloat: Bool {
        if case .detections = kind { true } else { false }
    }
}
