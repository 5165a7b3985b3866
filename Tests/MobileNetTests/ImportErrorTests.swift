import Foundation
import Testing

@testable import MobileNet

/// Importers refuse unsupported and malformed files with a message that names the cause.
@Suite(.timeLimit(.minutes(20))) struct ImportErrorTests {
    @Test func aLayerThatTheEngineLacksIsNamedWithItsPlace() throws {
        // The last operator of `planes`, Logistic, becomes another one, in both fields of its code.
        var bytes = try Fixture.bytes("Lite/planes.tflite")
        let (logistic, bilinear): (UInt8, UInt8) = (14, 23)
        try replaceOperator(&bytes, logistic, by: bilinear)
        expect("layer 12, \"ResizeBilinear\": not supported") { try TensorFlowLiteImport.read(bytes) }
    }

    @Test func anOperationThatTheEngineLacksIsNamedWithItsPlace() throws {
        var bytes = try Fixture.bytes("ONNX/pyramid.onnx")
        try replace(&bytes, "AveragePool", by: "InstancePoo")
        expect("layer 8, \"InstancePoo\": not supported") { try OnnxImport.read(bytes) }
    }

    @Test func weightsInAnotherFileAreRefused() throws {
        // data_location = EXTERNAL, in the first tensor's message.
        let tensor = Protobuf.message([
            (1, .number(2)), (2, .number(1)), (8, .bytes(Array("w".utf8))), (14, .number(1)),
        ])
        let node = Protobuf.message([
            (1, .bytes(Array("x".utf8))), (1, .bytes(Array("w".utf8))), (2, .bytes(Array("y".utf8))),
            (4, .bytes(Array("Add".utf8))),
        ])
        let dimensions = [1, 3, 4, 4].map { (1, Protobuf.Field.bytes(Protobuf.message([(1, .number($0))]))) }
        let type = Protobuf.message([
            (1, .bytes(Protobuf.message([(1, .number(1)), (2, .bytes(Protobuf.message(dimensions)))])))
        ])
        let input = Protobuf.message([(1, .bytes(Array("x".utf8))), (2, .bytes(type))])
        let graph = Protobuf.message([
            (1, .bytes(node)), (5, .bytes(tensor)), (11, .bytes(input)),
            (12, .bytes(Protobuf.message([(1, .bytes(Array("y".utf8)))]))),
        ])
        let file = Protobuf.message([
            (1, .number(7)), (8, .bytes(Protobuf.message([(2, .number(13))]))), (7, .bytes(graph)),
        ])
        #expect(OnnxFile.recognizes(Protobuf.message([(1, .number(7)), (7, .bytes(graph))])))
        expect(
            "layer 1, \"Add\": tensor \"w\": its values are in another file, which is not read; "
                + "`onnx.save` makes one file of it"
        ) { try OnnxImport.read(file) }
    }

    @Test func filesThatAreCutShortAnywhereAreRefused() throws {
        let lite = try Fixture.bytes("Lite/planes.tflite")
        let onnx = try Fixture.bytes("ONNX/pyramid.onnx")
        for length in stride(from: 0, to: onnx.count - 1, by: 37) {
            #expect(throws: (any Error).self) { try OnnxImport.read(Array(onnx.prefix(length))) }
        }
        // The last bytes of a FlatBuffers file may be unused, but not half of the file.
        for length in stride(from: 0, to: lite.count / 2, by: 37) {
            #expect(throws: (any Error).self) { try TensorFlowLiteImport.read(Array(lite.prefix(length))) }
        }
    }

    @Test func anImageOfAnotherSizeThanTheFilesIsRefused() throws {
        let bytes = try Fixture.bytes("ONNX/pyramid.onnx")
        expect("the file is for images of 16 × 16, and not of 32 × 16") { try OnnxImport.read(bytes, size: (32, 16)) }
    }

    @Test func eachFormatIsRecognisedByItsContents() throws {
        #expect(TensorFlowLiteFile.recognizes(try Fixture.bytes("Lite/planes.tflite")))
        #expect(OnnxFile.recognizes(try Fixture.bytes("ONNX/paddle.onnx")))
        for name in ["plain", "plain-legacy", "training"] {
            let bytes = try Fixture.bytes("\(name).pth")
            #expect(!TensorFlowLiteFile.recognizes(bytes) && !OnnxFile.recognizes(bytes))
        }
    }

    // MARK: - Changing files

    private func expect(_ reason: String, _ read: () throws -> ImportedNetwork) {
        do {
            _ = try read()
            Issue.record("should have been refused: \(reason)")
        } catch {
            #expect("\(error)" == reason)
        }
    }

    private func replace(_ bytes: inout [UInt8], _ text: String, by other: String) throws {
        let range = try #require(Data(bytes).range(of: Data(text.utf8)))
        bytes.replaceSubrange(range, with: Array(other.utf8))
    }

    /// Replaces the code of an operator in both of its fields, 8 and 32 bits wide.
    private func replaceOperator(_ bytes: inout [UInt8], _ old: UInt8, by new: UInt8) throws {
        let model = try FlatTable.root(of: bytes)
        let codes = try model.tables(1)
        let index = try #require(
            try (0..<codes.count).first { try codes.table($0).number(3, default: Int32(0)) == Int32(old) })
        let place = try codes.table(index).position
        let range = place..<place + 16
        for at in range where bytes[at] == old { bytes[at] = new }
    }
}
