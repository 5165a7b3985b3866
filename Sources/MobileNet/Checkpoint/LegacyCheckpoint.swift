/// The format of `torch.save` before PyTorch 1.6: pickles one after the other (a magic number, the
/// protocol's version, facts about the machine, the object, the keys of its storages), then for each
/// storage the number of its elements and the elements.
enum LegacyCheckpoint {
    /// The pickle of the number 0x1950a86a20f9469cfc6c.
    private static let magic: [UInt8] = [
        0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    private static let protocolVersion = 1001

    static func recognizes(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic.prefix(10)) }

    static func read(_ bytes: [UInt8]) throws(FormatError) -> TorchCheckpoint.Content {
        var reader = ByteReader(bytes, from: magic.count)
        let version = try Unpickler.read(&reader)
        guard try version.pickle.integer(version.root) == protocolVersion else {
            throw FormatError("an older checkpoint of an unknown version")
        }
        let machine = try Unpickler.read(&reader)
        try checkByteOrder(machine.pickle, machine.root)
        let (pickle, root) = try Unpickler.read(&reader)
        let keys = try Unpickler.read(&reader)
        let types = storageTypes(in: pickle)
        var storages: [String: Range<Int>] = [:]
        for reference in try keys.pickle.sequence(keys.root) {
            let key = try keys.pickle.string(reference)
            guard let type = types[key] else { throw FormatError("storage \"\(key)\" belongs to no tensor") }
            let (size, overflow) = try reader.count(Int64.self).multipliedReportingOverflow(by: type.size)
            guard !overflow else { throw FormatError("storage \"\(key)\" is impossibly large") }
            storages[key] = try reader.take(size)
        }
        return TorchCheckpoint.Content(pickle: pickle, root: root, storages: storages)
    }

    private static func checkByteOrder(_ pickle: Pickle, _ root: Pickle.Reference) throws(FormatError) {
        for entry in pickle.entries(root) ?? [] where entry.key == "little_endian" {
            guard case .bool(true) = pickle[entry.value] else { throw FormatError("its numbers are not little-endian") }
        }
    }

    private static func storageTypes(in pickle: Pickle) -> [String: ElementType] {
        var types: [String: ElementType] = [:]
        for case .storage(let storage) in pickle.values { types[storage.key] = storage.type }
        return types
    }
}
