import Testing

@testable import MobileNet

/// Sessions and classifiers check the size of their input.
@Suite(.timeLimit(.minutes(20))) struct InputTests {
    /// 2 × 2 pixels; the output is the mean of each channel.
    private static func plan(quantized: Bool) throws -> Plan {
        let quantization = quantized ? Quantization(scale: 1, zeroPoint: 0) : nil
        var graph = Graph(input: Shape(channels: 3, height: 2, width: 2), quantization: quantization)
        let stem = try graph.add(
            .convolution(outputs: 3, kernel: .pixel, bias: false), named: "same", to: graph.input,
            quantization: quantization)
        _ = try graph.add(.globalAveragePool, named: "mean", to: stem, quantization: quantization)
        let identity = [1, 0, 0, 0, 1, 0, 0, 0, 1]
        let weights =
            quantized
            ? Weights(quantized: [
                "same.weight": try QuantizedTensor(
                    shape: [3, 3, 1, 1], values: .int8(identity.map { Int8($0) }), scales: [1], zeroPoint: 0)
            ])
            : Weights(["same.weight": Tensor(shape: [3, 3, 1, 1], values: identity.map { Float($0) })])
        return try Plan(
            graph: graph, weights: weights, normalization: InputNormalization(mean: 0, standardDeviation: 1),
            head: Head(activation: .none), instructionSet: .best)
    }

    private static func output(of session: Session) -> [Float] {
        session.run { output in output.indices.map { output[$0] } }
    }

    @Test(arguments: [false, true]) func spansAreLoadedLikePointers(quantized: Bool) throws {
        let session = Session(plan: try Self.plan(quantized: quantized))
        // Rows of 8 bytes, the last one without its padding.
        let pixels: [UInt8] = [2, 4, 6, 2, 4, 6, 0, 0, 4, 8, 10, 4, 8, 10]
        try session.load(pixels: pixels.span, bytesPerRow: 8)
        #expect(Self.output(of: session) == [3, 6, 8])
        let quantizedOutput = session.withQuantizedOutput { output in output.indices.map { output[$0] } }
        #expect(quantizedOutput == (quantized ? [3, 6, 8] : nil))

        let bytes: [UInt8] = [1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3]
        try session.load(pixels: bytes.span.bytes, bytesPerRow: 6)
        #expect(Self.output(of: session) == [2, 2, 2])

        let tensor: [Float] = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]
        try session.load(tensor: tensor.span)
        #expect(Self.output(of: session) == [1, 2, 3])
    }

    @Test(arguments: [false, true]) func imagesThatAreTooSmallAreRefused(quantized: Bool) throws {
        let session = Session(plan: try Self.plan(quantized: quantized))
        let pixels = [UInt8](repeating: 7, count: 12)
        try session.load(pixels: pixels.span, bytesPerRow: 6)
        #expect(throws: InputError.byteCount(expected: 12, found: 11)) {
            try session.load(pixels: pixels.span.extracting(first: 11), bytesPerRow: 6)
        }
        #expect(throws: InputError.byteCount(expected: 13, found: 12)) {
            try session.load(pixels: pixels.span.bytes, bytesPerRow: 7)
        }
        #expect(throws: InputError.rowLength(expected: 6, found: 5)) {
            try session.load(pixels: pixels.span, bytesPerRow: 5)
        }
        #expect(throws: InputError.rowLength(expected: 6, found: -6)) {
            try session.load(pixels: pixels.span.bytes, bytesPerRow: -6)
        }
        #expect(throws: InputError.byteCount(expected: .max, found: 12)) {
            try session.load(pixels: pixels.span, bytesPerRow: .max)
        }
        #expect(throws: InputError.byteCount(expected: 12, found: 0)) {
            try session.load(pixels: [UInt8]().span, bytesPerRow: 6)
        }
        #expect(Self.output(of: session) == [7, 7, 7], "the previous input stays")
    }

    @Test(arguments: [0, 11, 13]) func tensorsOfAnotherSizeAreRefused(count: Int) throws {
        let session = Session(plan: try Self.plan(quantized: false))
        let tensor = [Float](repeating: 1, count: count)
        let error = #expect(throws: InputError.self) { try session.load(tensor: tensor.span) }
        #expect(error?.description == "the tensor has \(count) values; the network needs 12")
    }

    @Test func classifiersCheckImages() throws {
        let classifier = Classifier(plan: try Self.plan(quantized: false))
        let pixels: [UInt8] = [2, 4, 6, 2, 4, 6, 4, 8, 10, 4, 8, 10]
        #expect(try classifier.probabilities(pixels: pixels.span, bytesPerRow: 6) == [3, 6, 8])
        #expect(try classifier.probabilities(pixels: pixels.span.bytes, bytesPerRow: 6) == [3, 6, 8])
        let error = #expect(throws: InputError.self) {
            try classifier.probabilities(pixels: pixels.span, bytesPerRow: 8)
        }
        #expect(error?.description == "the image has 12 bytes; the network needs 14 or more")
    }
}
