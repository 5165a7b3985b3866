import Kernels

/// Which values of a fused network are stored, in what form and where.
struct BufferAssignment {
    /// The layers, with copies added where one value has to be stored in two forms.
    private(set) var layers: [FusedLayer] = []
    /// Where each value lies.
    private(set) var buffers: [Graph.Value: Buffer] = [:]
    /// Where each layer may keep what it needs only while it runs, in floats from the workspace's start.
    private(set) var scratch: [Int: Int] = [:]
    /// The size of the workspace, in floats.
    private(set) var workspaceSize = 0

    private let graph: Graph
    private let kernels: KernelTable
    private var shapes: [Graph.Value: Shape] = [:]

    init(_ fused: [FusedLayer], of graph: Graph, for kernels: KernelTable) {
        self.graph = graph
        self.kernels = kernels
        for (index, node) in graph.nodes.enumerated() { shapes[Graph.Value(index: index)] = node.shape }
        separateForms(fused)
        makeBuffers()
        placeBuffers()
    }

    /// The buffer of a value that some layer writes.
    subscript(value: Graph.Value) -> Buffer {
        guard let buffer = buffers[value] else { preconditionFailure("no layer writes value \(value.index)") }
        return buffer
    }

    /// A depthwise convolution wants a border of zeros around its input, a 1×1 convolution wants none, and
    /// neither does what reads or writes a vector: there the depthwise one reads a copy.
    private mutating func separateForms(_ fused: [FusedLayer]) {
        let unbordered = Set(
            fused.filter { if case .convolution = $0.kind { true } else { false } }.map(\.input))
        for var layer in fused {
            let isVector = shapes[layer.input]?.isVector == true
            if case .depthwise = layer.kind, isVector || unbordered.contains(layer.input) {
                let copy = Graph.Value(index: shapes.count)
                shapes[copy] = shapes[layer.input]
                layers.append(
                    FusedLayer(kind: .elementwise(.copy), node: layer.node, input: layer.input, output: copy))
                layer.input = copy
            }
            layers.append(layer)
        }
    }

    private mutating func makeBuffers() {
        var borders: [Graph.Value: Buffer.Border] = [:]
        for layer in layers {
            guard case .depthwise(let window) = layer.kind, let shape = shapes[layer.input] else { continue }
            borders[layer.input] = window.border(around: shape).union(borders[layer.input] ?? .init())
        }
        for value in layers.flatMap(\.writes) {
            guard let shape = shapes[value] else { continue }
            buffers[value] = Buffer(shape: shape, border: borders[value] ?? .init(), lanes: kernels.lanes)
        }
    }

    private mutating func placeBuffers() {
        var requests: [MemoryPlan.Request] = []
        let values = buffers.keys.sorted { $0.index < $1.index }
        for value in values {
            guard let first = layers.firstIndex(where: { $0.writes.contains(value) }) else { continue }
            let last = layers.lastIndex { $0.reads.contains(value) } ?? first
            let end = value == graph.output ? layers.count : last
            requests.append(.init(size: self[value].size, first: first, last: end))
        }
        let gated = layers.indices.filter { layers[$0].gate != nil }
        for index in gated {
            let panel = (layers[index].weights?.reduction ?? 0) * kernels.convolutionPanel * kernels.lanes
            requests.append(.init(size: panel, first: index, last: index))
        }
        let plan = MemoryPlan(requests, alignment: AlignedMemory<Float>.alignment / MemoryLayout<Float>.size)
        for (at, value) in values.enumerated() { buffers[value]?.offset = plan.offsets[at] }
        for (at, index) in gated.enumerated() { scratch[index] = plan.offsets[values.count + at] }
        workspaceSize = plan.size
    }
}
