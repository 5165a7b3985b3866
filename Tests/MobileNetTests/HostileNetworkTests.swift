import Testing

@testable import MobileNet

/// ONNX and TensorFlow Lite files whose extents and parameters cause overflows. Each is refused with a message.
@Suite(.timeLimit(.minutes(20))) struct HostileNetworkTests {
    // MARK: - ONNX

    @Test(arguments: [Int.max, Int.min, 4, -5])
    func anAxisBeyondTheDimensionsIsRefused(_ axis: Int) {
        var writer = OnnxWriter()
        writer.node("Softmax", ["x"], "y", [("axis", .number(axis))])
        refuses("layer 1, \"Softmax\": not supported: over another axis than the channels", writer.file)
    }

    @Test func aTransposedConvolutionWithTooFewPadsIsRefused() {
        for automatic in [nil, "VALID", "SAME_LOWER"] as [String?] {
            var writer = OnnxWriter()
            writer.floats("w", [3, 2, 2, 2])
            writer.node(
                "ConvTranspose", ["x", "w"], "y",
                [("pads", .bytes([1])), ("strides", .bytes([2, 2]))], text: automatic.map { ("auto_pad", $0) })
            switch automatic {
            case "VALID": #expect(throws: Never.self, "pads do not count") { try OnnxImport.read(writer.file) }
            case nil: refuses("layer 1, \"ConvTranspose\": not supported: a padding of [1]", writer.file)
            default:
                refuses(
                    "layer 1, \"ConvTranspose\": not supported: an output of another size than that of its kernel",
                    writer.file)
            }
        }
    }

    @Test(arguments: [Int64.max, Int64.min, Int64.max - 127])
    func aZeroPointThatIsNoByteIsRefused(_ zeroPoint: Int64) {
        var writer = OnnxWriter()
        writer.tensor("scale", [], type: 1, raw: le(Float(0.5).bitPattern))
        writer.tensor("zero", [], type: 7, raw: le(zeroPoint))
        writer.node("QuantizeLinear", ["x", "scale", "zero"], "q")
        writer.node("DequantizeLinear", ["q", "scale", "zero"], "y")
        refuses("layer 1, \"QuantizeLinear\": its scale or its zero point is out of range", writer.file)
    }

    @Test func aListInAnAttributeIsReadUpToALimit() throws {
        var good = OnnxWriter()
        good.node("Upsample", ["x"], "y", floats: ("scales", [1, 1, 2, 2]))
        #expect(try OnnxImport.read(good.file).graph.nodes.last?.shape == Shape(channels: 3, height: 16, width: 16))
        for count in [1 << 16, 1 << 17] {
            var floats = OnnxWriter()
            floats.node("Upsample", ["x"], "y", floats: ("scales", [Float](repeating: 1, count: count + 1)))
            var integers = OnnxWriter()
            integers.node("Transpose", ["x"], "y", [("perm", .bytes([UInt8](repeating: 1, count: count + 1)))])
            for writer in [floats, integers] {
                refuses("an attribute has a longer list than any network of this family", writer.file)
            }
        }
    }

    // MARK: - TensorFlow Lite

    private static let (conv2D, dequantize, fullyConnected, resizeNearestNeighbor) = (
        Int32(3), Int32(6), Int32(9), Int32(97)
    )

    @Test func weightsWhoseDeclaredShapeDiffersAreRefused() {
        var writer = TensorFlowLiteWriter()
        let input = writer.tensor([1, 4, 4, 3])
        let halves = writer.tensor([2, 48], type: 1, data: [UInt8](repeating: 0, count: 2 * 2 * 48))
        let weights = writer.tensor([4, 48])
        let output = writer.tensor([1, 4])
        writer.operation(Self.dequantize, [halves], weights)
        writer.operation(Self.fullyConnected, [input, weights], output)
        refuses(
            "layer 1, \"Dequantize\": its output has the shape [4, 48], and its input [2, 48]",
            writer.file(input: input, output: output))
    }

    @Test func aSizeThatNoImageHasIsRefused() {
        var writer = TensorFlowLiteWriter()
        let input = writer.tensor([1, 4, 16, 3])
        let size = writer.tensor([2], type: 4, data: le(Int64(1) << 62) + le(Int64(1) << 62))
        let output = writer.tensor([1, 4, 16, 3])
        writer.operation(Self.resizeNearestNeighbor, [input, size], output)
        refuses(
            "layer 1, \"ResizeNearestNeighbor\": not supported: to other than a multiple of the size, up to 64 times",
            writer.file(input: input, output: output))
    }

    /// The tensor has no elements, but the product of its extents would overflow in another order.
    @Test func weightsWithoutElementsAreRefusedWhateverTheirOtherExtentsAre() {
        var writer = TensorFlowLiteWriter()
        let input = writer.tensor([1, 4, 4, 3])
        let weights = writer.tensor([.max, .max, 0, 3], data: [0, 0, 0, 0])
        let output = writer.tensor([1, 4, 4, 3])
        writer.operation(Self.conv2D, [input, weights], output, [0: .int8(0), 1: .int32(1), 2: .int32(1)])
        let bytes = writer.file(input: input, output: output)
        refuses("a tensor of the shape [2147483647, 2147483647, 0, 3] is too large", bytes)
    }

    private func refuses(_ reason: String, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
        do {
            _ = try ModelImport.read(bytes)
            Issue.record("should have been refused: \(reason)", sourceLocation: sourceLocation)
        } catch {
            #expect("\(error)" == reason, sourceLocation: sourceLocation)
        }
    }
}
