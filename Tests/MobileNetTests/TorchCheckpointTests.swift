import Basics
import Foundation
import Testing

@testable import MobileNet

/// Checkpoints that PyTorch wrote (Scripts/fixtures.py) are read as PyTorch reads them.
@Suite(.timeLimit(.minutes(20))) struct TorchCheckpointTests {
    @Test(arguments: ["plain", "plain-legacy", "training", "training-legacy", "protocol4"])
    func tensorsAreThoseThatPyTorchSaved(_ name: String) throws {
        let tensors = try TorchCheckpoint(Fixture.bytes("\(name).pth")).tensors
        #expect(tensors.count == 15)
        let expected: [String: Tensor] = [
            "float32": Tensor(shape: [2, 3], values: [-1.5, -0.5, 0.5, 1.5, 2.5, 3.5]),
            "transposed": Tensor(shape: [3, 2], values: [-1.5, 1.5, -0.5, 2.5, 0.5, 3.5]),
            "part": Tensor(shape: [1, 3], values: [1.5, 2.5, 3.5]),
            "parameter": Tensor(shape: [2], values: [0.25, -0.5]),
            "scalar": Tensor(shape: [], values: [3.5]),
            "empty": Tensor(shape: [0, 3], values: []),
            "float64": Tensor(shape: [3], values: [1 / 3, .infinity, -0.0]),
            "float16": Tensor(shape: [4], values: [1.5, -65504, 0x1p-24, .infinity]),
            "int64": Tensor(shape: [2], values: [7, -7]),
            "int32": Tensor(shape: [2], values: [7, -7]),
            "int16": Tensor(shape: [2], values: [7, -7]),
            "int8": Tensor(shape: [2], values: [7, -7]),
            "uint8": Tensor(shape: [2], values: [7, 249]),
            "bool": Tensor(shape: [2], values: [1, 0]),
        ]
        for (name, tensor) in expected { #expect(tensors[name] == tensor, "\(name)") }
        let bfloat16 = try #require(tensors["bfloat16"])
        #expect(bfloat16.values[0] == 1.5)
        #expect(abs(bfloat16.values[1] / -3e38 - 1) < 0.01)
    }

    @Test func aCheckpointThatRunsCodeIsRefused() throws {
        // `pickle.dumps` of an object whose `__reduce__` is `(os.system, ("true",))`.
        let pickle = Array("\u{2}cposix\nsystem\nq\u{0}X\u{4}\u{0}\u{0}\u{0}trueq\u{1}".utf8)
        let bytes = TestArchive.make(["x/data.pkl": [0x80] + pickle + [0x85, 0x71, 0x02, 0x52, 0x71, 0x03, 0x2E]])
        let error = #expect(throws: FormatError.self) { try TorchCheckpoint(bytes) }
        #expect(error?.reason.contains("\"posix.system\"") == true)
    }

    @Test func aWholeModuleIsRefused() throws {
        let error = #expect(throws: FormatError.self) { try TorchCheckpoint(Fixture.bytes("module.pth")) }
        #expect(error?.reason.contains("\"torch.nn.modules.linear.Linear\"") == true)
    }

    @Test(arguments: ["plain", "plain-legacy", "training", "training-legacy", "protocol4"])
    func aCheckpointThatIsCutShortAnywhereIsRefused(_ name: String) throws {
        let whole = try Fixture.bytes("\(name).pth")
        for length in 0..<whole.count {
            #expect(throws: FormatError.self, "\(length) bytes") { try TorchCheckpoint(Array(whole[..<length])) }
        }
    }

    @Test func whatIsNoCheckpointIsRefused() throws {
        for bytes in [[], Array("hello".utf8), [UInt8](repeating: 0x80, count: 100)] {
            #expect(throws: FormatError.self) { try TorchCheckpoint(bytes) }
        }
        let archive = TestArchive.make(["readme.txt": Array("hello".utf8)])
        let error = #expect(throws: FormatError.self) { try TorchCheckpoint(archive) }
        #expect(error?.reason == "a zip file, but not one that PyTorch wrote: data.pkl is missing")
    }

    @Test func nestingDoesNotExhaustTheStack() throws {
        // A million tuples of one, each in the next.
        let pickle = [0x80, 0x02, 0x29] + [UInt8](repeating: 0x85, count: 900_000) + [0x2E]
        #expect(throws: FormatError.self) { try TorchCheckpoint(TestArchive.make(["x/data.pkl": pickle])) }
    }

    @Test func aSmallFileCannotAskForMuchMemory() throws {
        // A storage of one element, and a tensor of a billion elements that are all the same one.
        var pickle = PickleWriter()
        pickle.tensor(key: "0", type: "FloatStorage", shape: [1000, 1000, 1000], strides: [0, 0, 0])
        let bytes = TestArchive.make(["x/data.pkl": pickle.dictionary(), "x/data/0": [0, 0, 0, 0]])
        let error = #expect(throws: FormatError.self) { try TorchCheckpoint(bytes) }
        #expect(error?.reason.contains("uses elements more than once") == true)
    }
}

/// Files that are committed with the tests.
enum Fixture {
    static func bytes(_ name: String) throws -> [UInt8] { try Files.read(path(name)) }

    static func path(_ name: String, file: String = #filePath) -> String {
        URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
    }
}
