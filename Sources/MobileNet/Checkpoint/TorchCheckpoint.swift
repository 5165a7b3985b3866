/// PyTorch checkpoint that `torch.save` wrote: a dictionary of tensors by name (a "state dict").
///
/// Both formats are read: the zip archive since PyTorch 1.6, and the stream of pickles before.
struct TorchCheckpoint {
    /// Named tensors. Each was checked to lie within its storage.
    private let stored: [String: Entry]
    private let bytes: [UInt8]

    private struct Entry {
        var tensor: StoredTensor
        /// Byte range of the storage in the file.
        var storage: Range<Int>
    }

    /// Keys under which training programs store the state dict.
    private static let containers = ["state_dict", "model", "model_state_dict", "state_dict_ema"]

    /// Whether the bytes start with the signature of either format.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        ZipArchive.recognizes(bytes) || LegacyCheckpoint.recognizes(bytes)
    }

    /// - Throws: ``FormatError`` if the file is not a checkpoint, is malformed, or needs an unsupported feature.
    init(_ bytes: [UInt8]) throws(FormatError) {
        let content: Content
        if ZipArchive.recognizes(bytes) {
            content = try Self.readArchive(bytes)
        } else if LegacyCheckpoint.recognizes(bytes) {
            content = try LegacyCheckpoint.read(bytes)
        } else {
            throw FormatError(
                "not a PyTorch checkpoint: it has neither the signature of a zip file nor that of the older format")
        }
        self.bytes = bytes
        stored = try Self.entries(content, fileSize: bytes.count)
    }

    /// Shapes of the named tensors.
    var shapes: [String: [Int]] { stored.mapValues(\.tensor.shape) }

    /// Reads the values of a tensor as float32; `nil` if there is no tensor of that name.
    func tensor(_ name: String) throws(FormatError) -> Tensor? {
        guard let entry = stored[name] else { return nil }
        do throws(FormatError) {
            return try entry.tensor.read(from: bytes, in: entry.storage)
        } catch {
            throw error.within("tensor \"\(shortened(name))\"")
        }
    }

    /// Values of all tensors as float32.
    var tensors: [String: Tensor] {
        get throws(FormatError) {
            var tensors: [String: Tensor] = [:]
            for name in stored.keys { tensors[name] = try tensor(name) }
            return tensors
        }
    }

    private static func entries(_ content: Content, fileSize: Int) throws(FormatError) -> [String: Entry] {
        var entries: [String: Entry] = [:]
        var budget = fileSize  // Tensors may share a storage, but a small file must not expand to a large one.
        for (name, reference) in try content.stateDictionary() {
            guard case .tensor(let tensor, let key) = content.pickle[reference] else { continue }
            do throws(FormatError) {
                guard let storage = content.storages[key] else { throw FormatError("its storage is missing") }
                budget -= try tensor.checkedCount(storageSize: storage.count)
                guard budget >= 0 else { throw FormatError("the tensors have more elements than the file holds") }
                entries[name] = Entry(tensor: tensor, storage: storage)
            } catch {
                throw error.within("tensor \"\(shortened(name))\"")
            }
        }
        return entries
    }

    /// Common content of both formats.
    struct Content {
        var pickle: Pickle
        var root: Pickle.Reference
        /// Byte range in the file of each storage.
        var storages: [String: Range<Int>]

        fileprivate func stateDictionary() throws(FormatError) -> [(key: String, value: Pickle.Reference)] {
            guard let entries = pickle.entries(root) else { throw FormatError("the checkpoint holds no dictionary") }
            for name in TorchCheckpoint.containers {
                if let entry = entries.first(where: { $0.key == name }), let inner = pickle.entries(entry.value) {
                    return inner
                }
            }
            return entries
        }
    }

    /// Reads the format since PyTorch 1.6: `NAME/data.pkl`, and `NAME/data/KEY` for each storage.
    private static func readArchive(_ bytes: [UInt8]) throws(FormatError) -> Content {
        let archive = try ZipArchive(bytes)
        let candidates = archive.members.filter { $0.key.hasSuffix("/data.pkl") }
        guard let main = candidates.first, candidates.count == 1 else {
            throw FormatError(
                "a zip file, but not one that PyTorch wrote: \(candidates.isEmpty ? "data.pkl is missing" : "it has several data.pkl")"
            )
        }
        let folder = main.key.dropLast("data.pkl".count)
        if let order = archive.members[folder + "byteorder"], !bytes[order].elementsEqual("little".utf8) {
            throw FormatError("its storages are not little-endian")
        }
        var reader = ByteReader(bytes, from: main.value.lowerBound, to: main.value.upperBound)
        let (pickle, root) = try Unpickler.read(&reader)
        var storages: [String: Range<Int>] = [:]
        let prefix = folder + "data/"
        for (name, range) in archive.members where name.hasPrefix(prefix) {
            storages[String(name.dropFirst(prefix.count))] = range
        }
        return Content(pickle: pickle, root: root, storages: storages)
    }
}

/// Format of `torch.save` before PyTorch 1.6.
///
/// The file is a sequence of pickles (a magic number, the version of the protocol, properties of the machine, the
/// object, the keys of its storages), followed for each storage by the number of its elements and the elements.
enum LegacyCheckpoint {
    /// Pickle of the magic number 0x1950a86a20f9469cfc6c.
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
            guard !overflow else { throw FormatError("storage \"\(key)\" is too large") }
            storages[key] = try reader.take(size)
        }
        return TorchCheckpoint.Content(pickle: pickle, root: root, storages: storages)
    }

    private static func checkByteOrder(_ pickle: Pickle, _ root: Pickle.Reference) throws(FormatError) {
        for entry in pickle.entries(root) ?? [] where entry.key == "little_endian" {
            guard case .bool(true) = pickle[entry.value] else {
                throw FormatError("its storages are not little-endian")
            }
        }
    }

    private static func storageTypes(in pickle: Pickle) -> [String: ElementType] {
        var types: [String: ElementType] = [:]
        for case .storage(let storage) in pickle.values { types[storage.key] = storage.type }
        return types
    }
}
