import KernelInterface

// Layers that are rare in the family's classification networks.
extension Lowering {
    /// Lowers a convolution over many channels with a kernel larger than a pixel to im2col and a 1×1 convolution.
    mutating func lowerGathered(_ layer: FusedLayer, _ kernel: KernelGeometry, index: Int) -> Binding {
        let input = assignment[layer.input]
        var gathered = assignment.gathered(by: layer)
        gathered.offset = assignment.scratch[index] ?? 0
        let border = kernel.border(around: input.shape)
        let corner = border.top * input.rowStride + border.left * input.lanes
        let columns = gathered
        append { memory in
            .general(
                Gather(input: memory.tensor(input), corner: corner, kernel: kernel, output: memory.tensor(columns)))
        }
        let order = WeightPacking.gatheredOrder(
            channels: input.shape.channels, taps: kernel.count, lanes: kernels.lanes)
        return lowerPointwise(layer, index: index, input: gathered, output: assignment[layer.output], order: order)
    }

    /// Lowers a transposed convolution whose stride is its kernel size to a 1×1 convolution, which computes all taps, and
    /// a rearrangement.
    mutating func lowerTransposed(_ layer: FusedLayer, _ kernel: KernelGeometry, index: Int) throws(GraphError)
        -> Binding
    {
        guard kernel.height == kernel.verticalStride, kernel.width == kernel.horizontalStride,
            kernel.padding.margins.allSatisfy({ $0 == 0 })
        else { throw unsupported(layer, "a transposed convolution whose kernel positions overlap") }
        let input = assignment[layer.input]
        let output = assignment[layer.output]
        var products = assignment.spread(by: layer)
        products.offset = assignment.scratch[index] ?? 0
        append(
            lowerPointwise(layer, index: index, input: input, output: products, order: Array(0..<input.shape.channels)))
        let spread = products
        return { memory in
            .general(PixelShuffle(input: memory.tensor(spread), kernel: kernel, output: memory.tensor(output)))
        }
    }

    func lowerPool(_ layer: FusedLayer, _ kernel: KernelGeometry, isMaximum: Bool) -> Binding {
        let input = assignment[layer.input]
        let output = assignment[layer.output]
        let border = kernel.border(around: input.shape)
        return { memory in
            .pool(
                memory.tasks.keep(
                    PoolTask(
                        input: memory.plane(input), inputHeight: input.shape.height, inputWidth: input.shape.width,
                        output: memory.mutablePlane(output), blocks: output.blocks,
                        outputHeight: output.shape.height, outputWidth: output.shape.width,
                        kernelHeight: kernel.height, kernelWidth: kernel.width,
                        verticalStride: kernel.verticalStride, horizontalStride: kernel.horizontalStride,
                        top: border.top, left: border.left, isMaximum: isMaximum)))
        }
    }

    func lowerGeneral(_ layer: FusedLayer, _ kind: FusedLayer.General) -> Binding {
        let inputs = ([layer.input] + layer.others).map { assignment[$0] }
        let output = assignment[layer.output]
        let anchors = layer.anchors
        return { memory in
            let tensors = inputs.map(memory.tensor)
            let result = memory.tensor(output)
            switch kind {
            case .upsample(let factor):
                return .general(Upsample(input: tensors[0], factor: factor, output: result))
            case .concatenation(let axis):
                return .general(Concatenation(inputs: tensors, axis: axis, output: result))
            case .reshape:
                return .general(Reshape(input: tensors[0], output: result))
            case .softmax:
                return .general(Softmax(input: tensors[0], output: result))
            case .detections(let parameters):
                return .general(
                    Detections(
                        boxes: tensors[0], scores: tensors[1], anchors: anchors, parameters: parameters, output: result)
                )
            }
        }
    }
}
