import KernelInterface

/// Buffers of the values of a fused network.
struct BufferAssignment {
    /// Fused layers. A copy is added where a value is needed with and without a border.
    private(set) var layers: [FusedLayer] = []
    /// Buffer of each stored value.
    private(set) var buffers: [Graph.Value: Buffer] = [:]
    /// Offset of the scratch memory of each layer in the workspace, in floats.
    private(set) var scratch: [Int: Int] = [:]
    /// Size of the largest scratch memory of a layer, in floats.
    private(set) var scratchSize = 0
    /// Size of the workspace in floats.
    private(set) var workspaceSize = 0
    /// Ranges of the workspace that buffers use, in floats.
    private(set) var ranges: [Range<Int>] = []

    private let graph: Graph
    private let kernels: KernelTable
    /// Values that are read when the network has run.
    private let results: Set<Graph.Value>
    private var shapes: [Graph.Value: Shape] = [:]

    /// - Parameters:
    ///   - features: feature vector of a classifier, which is a second result.
    ///   - kept: values that are further results.
    init(
        _ fused: [FusedLayer], of graph: Graph, features: Graph.Value? = nil, keeping kept: Set<Graph.Value> = [],
        for kernels: KernelTable, memory: MemorySource = .heap
    ) {
        self.graph = graph
        self.kernels = kernels
        results = kept.union([graph.output, features ?? graph.output])
        for (index, node) in graph.nodes.enumerated() { shapes[Graph.Value(index: index)] = node.shape }
        separateForms(fused)
        joinExpansions()
        makeBuffers()
        placeBuffers(page: memory.page.map { $0 / MemoryLayout<Float>.size })
    }

    /// Buffer of a value.
    ///
    /// - Precondition: a layer writes the value.
    subscript(value: Graph.Value) -> Buffer {
        guard let buffer = buffers[value] else { preconditionFailure("no layer writes value \(value.index)") }
        return buffer
    }

    /// Adds copies where layers disagree about the border of a value.
    ///
    /// A kernel larger than a pixel needs a border of zeros around its input. A matrix product over pixels, and layers
    /// that read or write a vector, need a buffer without a border: then the kernel reads a copy.
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

    /// Joins each depthwise convolution with the convolution that computes its input, if no other layer reads it.
    private mutating func joinExpansions() {
        var readers: [Graph.Value: Int] = [:]
        for value in layers.flatMap(\.reads) { readers[value, default: 0] += 1 }
        var joined: [FusedLayer] = []
        for var layer in layers {
            if case .depthwise = layer.kind, let last = joined.last, last.output == layer.input,
                readers[layer.input] == 1, !results.contains(layer.input), expands(last)
            {
                layer.expansion = [joined.removeLast()]
            }
            joined.append(layer)
        }
        layers = joined
    }

    /// Whether a layer can compute its output panel by panel.
    private func expands(_ layer: FusedLayer) -> Bool {
        guard case .convolution(let kernel) = layer.kind, layer.gate == nil, layer.residual == nil else { return false }
        return layer.input == graph.input || kernel.isPixel
    }

    /// Kernel of a layer that reads a border. The input image has its own layout.
    private func borderKernel(of layer: FusedLayer) -> KernelGeometry? {
        switch layer.kind {
        case .depthwise(let kernel): kernel
        case .convolution(let kernel) where !kernel.isPixel && layer.input != graph.input: kernel
        case .convolution, .transposedConvolution, .dense, .mean, .pool, .elementwise, .general: nil
        }
    }

    private mutating func makeBuffers() {
        var borders: [Graph.Value: Buffer.Border] = [:]
        for layer in layers {
            guard layer.expansion.isEmpty, let kernel = borderKernel(of: layer), let shape = shapes[layer.input] else {
                continue
            }
            borders[layer.input] = kernel.border(around: shape).union(borders[layer.input] ?? .init())
        }
        for value in layers.flatMap(\.writes) {
            guard let shape = shapes[value] else { continue }
            buffers[value] = Buffer(shape: shape, border: borders[value] ?? .init(), lanes: kernels.lanes)
        }
    }

    /// Size of the scratch memory of a layer, in floats.
    private func scratchSize(of layer: FusedLayer) -> Int {
        if !layer.expansion.isEmpty { return panel(of: layer).size }
        if layer.gate != nil {
            return (layer.weights?.reduction ?? 0) * kernels.convolutionPanel * kernels.lanes
        }
        switch layer.kind {
        case .transposedConvolution: return spread(by: layer).size
        case .convolution where borderKernel(of: layer) != nil: return gathered(by: layer).size
        case .convolution, .depthwise, .dense, .mean, .pool, .elementwise, .general: return 0
        }
    }

    /// Returns the buffer for a panel of the input of a depthwise convolution with an expansion.
    func panel(of layer: FusedLayer) -> Buffer {
        guard case .depthwise(let kernel) = layer.kind, let input = shapes[layer.input] else {
            preconditionFailure("only depthwise convolutions have an expansion")
        }
        let channels = min(input.channels, kernels.convolutionPanel * kernels.lanes)
        let shape = Shape(channels: channels, height: input.height, width: input.width)
        return Buffer(shape: shape, border: kernel.border(around: input), lanes: kernels.lanes)
    }

    /// Returns the im2col buffer of a convolution: for each output pixel, the channels of all taps.
    func gathered(by layer: FusedLayer) -> Buffer {
        guard case .convolution(let kernel) = layer.kind, let input = shapes[layer.input],
            let output = shapes[layer.output]
        else { preconditionFailure("only convolutions gather") }
        let blocks = (input.channels + kernels.lanes - 1) / kernels.lanes
        let shape = Shape(channels: kernel.count * blocks * kernels.lanes, height: output.height, width: output.width)
        return Buffer(shape: shape, border: .init(), lanes: kernels.lanes)
    }

    /// Returns the buffer of the products of a transposed convolution, before they are arranged to the output.
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
            let end = results.contains(value) ? layers.count : last
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
        let line = AlignedMemory<Float>.alignment / MemoryLayout<Float>.size
        scratchSize = scratched.map { scratchSize(of: layers[$0]) }.max().map { ($0 + line - 1) / line * line } ?? 0
        workspaceSize = plan.size
        ranges = plan.ranges
    }
}
