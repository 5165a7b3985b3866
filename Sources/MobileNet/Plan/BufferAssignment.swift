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
    /// The parts of the workspace that buffers use, in floats.
    private(set) var stretches: [Range<Int>] = []

    private let graph: Graph
    private let kernels: KernelTable
    private var shapes: [Graph.Value: Shape] = [:]

    init(_ fused: [FusedLayer], of graph: Graph, for kernels: KernelTable, memory: MemorySource = .heap) {
        self.graph = graph
        self.kernels = kernels
        for (index, node) in graph.nodes.enumerated() { shapes[Graph.Value(index: index)] = node.shape }
        separateForms(fused)
        makeBuffers()
        placeBuffers(page: memory.page.map { $0 / MemoryLayout<Float>.size })
    }

    /// The buffer of a value that some layer writes.
    subscript(value: Graph.Value) -> Buffer {
        guard let buffer = buffers[value] else { preconditionFailure("no layer writes value \(value.index)") }
        return buffer
    }

    /// A window wants a border of zeros around its input; a matrix product over pixels wants none, and neither does
    /// what reads or writes a vector: there the window reads a copy.
    private mutating func separateForms(_ fused: [FusedLayer]) {
        let unbordered = Set(fused.filter(\.kind.isProductOverPixels).map(\.input))
        for var layer in fused {
            let isVector = shapes[layer.input]?.isVector == true
            if borderKernel(of: layer) != nil, isVector || unbordered.contains(layer.input) {
                let copy = Graph.Value(index: shapes.count)
                shapes[copy] = shapes[layer.input]
                layers.append(
                    FusedLayer(kind: .elementwise(.copy), node: layer.node, input: layer.input, output: copy))
                layer.input = copy
            }
            layers.append(layer)
        }
    }

    /// The window that slides over a border. The image has a layout of its own.
    private func borderKernel(of layer: FusedLayer) -> KernelGeometry? {
        switch layer.kind {
        case .depthwise(let kernel): kernel
        case .convolution(let kernel) where !kernel.isPixel && layer.input != graph.input: kernel
        default: nil
        }
    }

    private mutating func makeBuffers() {
        var borders: [Graph.Value: Buffer.Border] = [:]
        for layer in layers {
            guard let kernel = borderKernel(of: layer), let shape = shapes[layer.input] else { continue }
            borders[layer.input] = kernel.border(around: shape).union(borders[layer.input] ?? .init())
        }
        for value in layers.flatMap(\.writes) {
            guard let shape = shapes[value] else { continue }
            buffers[value] = Buffer(shape: shape, border: borders[value] ?? .init(), lanes: kernels.lanes)
        }
    }

    /// In floats.
    private func scratchSize(of layer: FusedLayer) -> Int {
        if layer.gate != nil {
            return (layer.weights?.reduction ?? 0) * kernels.convolutionPanel * kernels.lanes
        }
        switch layer.kind {
        case .transposedConvolution: return spread(by: layer).size
        case .convolution where borderKernel(of: layer) != nil: return gathered(by: layer).size
        default: return 0
        }
    }

    /// All that the windows of a convolution look at: for each of its pixels, the channels of all taps.
    func gathered(by layer: FusedLayer) -> Buffer {
        guard case .convolution(let kernel) = layer.kind, let input = shapes[layer.input],
            let output = shapes[layer.output]
        else { preconditionFailure("only convolutions gather") }
        let blocks = (input.channels + kernels.lanes - 1) / kernels.lanes
        let shape = Shape(channels: kernel.count * blocks * kernels.lanes, height: output.height, width: output.width)
        return Buffer(shape: shape, border: .init(), lanes: kernels.lanes)
    }

    /// What a transposed convolution computes, before its windows are put beside each other.
    func spread(by layer: FusedLayer) -> Buffer {
        guard let input = shapes[layer.input], let outputs = layer.weights?.outputs else {
            preconditionFailure("a transposed convolution has weights")
        }
        let shape = Shape(channels: outputs, height: input.height, width: input.width)
        return Buffer(shape: shape, border: .init(), lanes: kernels.lanes)
    }

    private mutating func placeBuffers(page: Int?) {
        var requests: [MemoryPlan.Request] = []
        let values = buffers.keys.sorted { $0.index < $1.index }
        for value in values {
            guard let first = layers.firstIndex(where: { $0.writes.contains(value) }) else { continue }
            let last = layers.lastIndex { $0.reads.contains(value) } ?? first
            let end = value == graph.output ? layers.count : last
            requests.append(.init(size: self[value].size, first: first, last: end))
        }
        let scratched = layers.indices.filter { scratchSize(of: layers[$0]) > 0 }
        for index in scratched {
            requests.append(.init(size: scratchSize(of: layers[index]), first: index, last: index))
        }
        let plan = MemoryPlan(
            requests, alignment: AlignedMemory<Float>.alignment / MemoryLayout<Float>.size, page: page)
        for (at, value) in values.enumerated() { buffers[value]?.offset = plan.offsets[at] }
        for (at, index) in scratched.enumerated() { scratch[index] = plan.offsets[values.count + at] }
        workspaceSize = plan.size
        stretches = plan.stretches
    }
}
