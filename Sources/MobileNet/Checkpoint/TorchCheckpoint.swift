/// A file that `torch.save` wrote: a dictionary of tensors by name (a "state dict").
///
/// Both formats are read: a zip archive since PyTorch 1.6, a stream of pickles before.
struct TorchCheckpoint {
    /// The tensors that have a name, as the file describes them. All of them lie in their storages.
    private let stored: [String: Entry]
    private let bytes: [UInt8]

    private struct Entry {
        var tensor: StoredTensor
        /// Where the bytes of its storage lie.
        var storage: Range<Int>
    }

    /// Keys under which training programs keep the state dict beside other things.
    private static let containers = ["state_dict", "model", "model_state_dict", "state_dict_ema"]

    /// Whether the bytes begin like a checkpoint of either format.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        ZipArchive.recognizes(bytes) || LegacyCheckpoint.recognizes(bytes)
    }

    /// - Throws: ``FormatError`` if it is no checkpoint, damaged, or asks for what is refused.
    init(_ bytes: [UInt8]) throws(FormatError) {
        let content: Content
        if ZipArchive.recognizes(bytes) {
            content = try Self.readArchive(bytes)
        } else if LegacyCheckpoint.recognizes(bytes) {
            content = try LegacyCheckpoint.read(bytes)
        } else {
            throw FormatError("not a PyTorch checkpoint: it begins neither like a zip file nor like the older format")
        }
        self.bytes = bytes
        stored = try Self.entries(content, fileSize: bytes.count)
    }

    /// The shapes of the tensors that have a name.
    var shapes: [String: [Int]] { stored.mapValues(\.tensor.shape) }

    /// Reads the numbers of a tensor; `nil` if there is none of that name.
    func tensor(_ name: String) throws(FormatError) -> Tensor? {
        guard let entry = stored[name] else { return nil }
        do throws(FormatError) {
            return try entry.tensor.read(from: bytes, in: entry.storage)
        } catch {
            throw error.within("tensor \"\(shortened(name))\"")
        }
    }

    /// Reads the numbers of all tensors.
    var tensors: [String: Tensor] {
        get throws(FormatError) {
            var tensors: [String: Tensor] = [:]
            for name in stored.keys { tensors[name] = try tensor(name) }
            return tensors
        }
    }

    private static func entries(_ content: Content, fileSize: Int) throws(FormatError) -> [String: Entry] {
        var entries: [String: Entry] = [:]
        var budget = fileSize  // tensors may share a storage, but not make much of little
        for (name, reference) in try content.stateDictionary() {
            guard case .tensor(let tensor, let key) = content.pickle[reference] else { continue }
            do throws(FormatError) {
                guard let storage = content.storages[key] else { throw FormatError("its numbers are missing") }
                budget -= try tensor.checkedCount(storageSize: storage.count)
                guard budget >= 0 else { throw FormatError("the tensors need more numbers than the file holds") }
                entries[name] = Entry(tensor: tensor, storage: storage)
            } catch {
                throw error.within("tensor \"\(shortened(name))\"")
            }
        }
        return entries
    }

    /// What both formats come down to.
    struct Content {
        var pickle: Pickle
        var root: Pickle.Reference
        /// Where the bytes of each storage lie in the file.
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

    /// The format since PyTorch 1.6: `NAME/data.pkl`, and `NAME/data/KEY` for each storage.
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
            throw FormatError("its numbers are not little-endian")
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
