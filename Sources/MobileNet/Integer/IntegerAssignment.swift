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
    /// Where the numbers of boxes go, if they are the output.
    private(set) var numbers = 0
    /// The size of the workspace.
    private(set) var workspaceSize = 0

    private let graph: Graph

    /// Bytes behind the workspace that loops may read, and do not use.
    static let slack = 512
    /// Channels in a block.
    static let lanes = 16

    /// - Parameter scratchSize: how much of it a layer needs.
    init(_ fusion: IntegerFusion, of graph: Graph, scratchSize: (IntegerLayer) -> Int) {
        self.graph = graph
        layers = fusion.layers
        makeBuffers(picture: fusion.picture)
        place(output: fusion.output, scratchSize)
    }

    /// The buffer of a value that some layer writes.
    subscript(value: Graph.Value) -> Buffer {
        guard let buffer = buffers[value] else { preconditionFailure("no layer writes value \(value.index)") }
        return buffer
    }

    private mutating func makeBuffers(picture: Graph.Value) {
        var borders: [Graph.Value: Buffer.Border] = [:]
        for layer in layers {
            guard let window = layer.window else { continue }
            let input = layer.inputs[0]
            borders[input] = window.border(around: graph[input].shape).union(borders[input] ?? .init())
        }
        for layer in layers where !layer.computesNumbers {
            buffers[layer.output] = Buffer(
                shape: graph[layer.output].shape, border: borders[layer.output] ?? .init(), lanes: Self.lanes)
        }
    }

    private mutating func place(output: Graph.Value, _ scratchSize: (IntegerLayer) -> Int) {
        var requests: [MemoryPlan.Request] = []
        let values = buffers.keys.sorted { $0.index < $1.index }
        for value in values {
            guard let first = layers.firstIndex(where: { $0.output == value }) else { continue }
            let last = layers.lastIndex { $0.inputs.contains(value) } ?? first
            requests.append(.init(size: self[value].size, first: first, last: value == output ? layers.count : last))
        }
        for index in layers.indices {
            scratchSizes[index] = scratchSize(layers[index])
            requests.append(.init(size: scratchSizes[index] ?? 0, first: index, last: index))
        }
        let numbers = graph[output].shape.count * MemoryLayout<Float>.size
        requests.append(.init(size: numbers, first: 0, last: layers.count))
        let plan = MemoryPlan(requests, alignment: AlignedMemory<UInt8>.alignment)
        for (at, value) in values.enumerated() { buffers[value]?.offset = plan.offsets[at] }
        for index in layers.indices { scratch[index] = plan.offsets[values.count + index] }
        self.numbers = plan.offsets[requests.count - 1]
        workspaceSize = plan.size + Self.slack
    }
}

extension IntegerLayer {
    /// The window that reads a border around its input.
    fileprivate var window: Window? {
        switch kind {
        case .convolution(let window), .depthwise(let window): window
        default: nil
        }
    }

    /// Whether what it computes are numbers, and no bytes.
    var computesNumbers: Bool {
        if case .detections = kind { true } else { false }
    }
}
