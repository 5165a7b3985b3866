@testable import MobileNet

/// Writer of zip files with uncompressed members, as those of `torch.save`.
enum TestArchive {
    static func make(_ members: [String: [UInt8]]) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in members.sorted(by: { $0.key < $1.key }) {
            let start = file.count
            let sizes = le(UInt32(content.count)) + le(UInt32(content.count)) + le(UInt16(name.utf8.count))
            let common = [UInt8](repeating: 0, count: 4) + le(UInt32(0)) + le(UInt32(0)) + sizes
            file += [0x50, 0x4B, 3, 4] + le(UInt16(20)) + common + le(UInt16(0)) + Array(name.utf8) + content
            directory += [0x50, 0x4B, 1, 2] + le(UInt16(20)) + le(UInt16(20)) + common
            directory += [UInt8](repeating: 0, count: 12) + le(UInt32(start)) + Array(name.utf8)
        }
        let count = le(UInt16(members.count))
        let end = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 4) + count + count
        return file + directory + end + le(UInt32(directory.count)) + le(UInt32(file.count)) + le(UInt16(0))
    }
}

/// Little-endian bytes.
func le<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

/// Writer of the pickle of a state dict in the form of `torch.save`: protocol 2, tensors as calls of
/// `torch._utils._rebuild_tensor_v2`, storages as persistent ids.
struct PickleWriter {
    private var items: [UInt8] = []

    /// Adds a tensor under the name of its storage.
    mutating func tensor(key: String, name: String? = nil, type: String, shape: [Int], strides: [Int]) {
        items += string(name ?? key)
        items += global("torch._utils", "_rebuild_tensor_v2") + [UInt8(ascii: "(")]
        items += [UInt8(ascii: "(")] + string("storage") + global("torch", type) + string(key) + string("cpu")
        items += integer(shape.reduce(1, *)) + [UInt8(ascii: "t"), UInt8(ascii: "Q")]
        items += integer(0) + tuple(shape) + tuple(strides) + [0x89]
        items += global("collections", "OrderedDict") + [UInt8(ascii: ")"), UInt8(ascii: "R")]
        items += [UInt8(ascii: "t"), UInt8(ascii: "R")]
    }

    /// Returns the pickle: a dictionary of all tensors.
    func dictionary() -> [UInt8] {
        [0x80, 2] + global("collections", "OrderedDict") + Array(")R(".utf8) + items + Array("u.".utf8)
    }

    /// Returns a pickle of tensors whose shapes and strides all refer to one list of ones, so that each takes few
    /// bytes.
    static func tensors(count: Int, ofOneListOf extents: Int) -> [UInt8] {
        let writer = PickleWriter()
        var bytes: [UInt8] = [0x80, 2, UInt8(ascii: "(")]
        for _ in 0..<extents { bytes += [0x4B, 1] }
        bytes += [UInt8(ascii: "t"), 0x71, 0, 0x30]  // the list, kept in place 0
        bytes += writer.global("torch._utils", "_rebuild_tensor_v2") + [0x71, 1, 0x30]
        bytes += Array("(".utf8) + writer.string("storage") + writer.global("torch", "FloatStorage")
        bytes += writer.string("0") + writer.string("cpu") + [0x4B, 1] + Array("tQ".utf8) + [0x71, 2, 0x30, 0x7D]
        // name, rebuild(storage, 0, list, list)
        let tensor: [UInt8] = [
            0x58, 1, 0, 0, 0, 0x61, 0x68, 1, 0x28, 0x68, 2, 0x4B, 0, 0x68, 0, 0x68, 0, 0x74, 0x52, 0x73,
        ]
        for _ in 0..<count { bytes += tensor }
        return bytes + [0x2E]
    }

    fileprivate func string(_ text: String) -> [UInt8] {
        Array("X".utf8) + le(UInt32(text.utf8.count)) + Array(text.utf8)
    }
    fileprivate func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
    private func integer(_ value: Int) -> [UInt8] { [0x8A, 8] + le(Int64(value)) }
    private func tuple(_ values: [Int]) -> [UInt8] { Array("(".utf8) + values.flatMap(integer) + Array("t".utf8) }
}

/// Writer of float32 checkpoints in the format since PyTorch 1.6.
enum CheckpointWriter {
    static func zip(_ tensors: [String: Tensor]) -> [UInt8] {
        var pickle = PickleWriter()
        var members: [String: [UInt8]] = [
            "archive/byteorder": Array("little".utf8), "archive/version": Array("3\n".utf8),
        ]
        for (index, entry) in tensors.sorted(by: { $0.key < $1.key }).enumerated() {
            pickle.tensor(
                key: "\(index)", name: entry.key, type: "FloatStorage", shape: entry.value.shape,
                strides: strides(entry.value.shape))
            members["archive/data/\(index)"] = entry.value.values.withUnsafeBytes { Array($0) }
        }
        members["archive/data.pkl"] = pickle.dictionary()
        return TestArchive.make(members)
    }

    private static func strides(_ shape: [Int]) -> [Int] {
        shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    }
}
