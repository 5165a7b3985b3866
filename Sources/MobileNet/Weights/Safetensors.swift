import FoundationEssentials

/// Safetensors file: a length, a JSON header, and the bytes of the tensors.
/// <https://huggingface.co/docs/safetensors>
struct Safetensors {
    /// Float32 tensors, decoded from any element type, by name.
    var tensors: [String: Tensor]
    /// Quantized tensors by name. Their scales are stored in tensors of their own (see ``SafetensorsCompanion``).
    var quantized: [String: QuantizedTensor]
    /// Metadata of the file, by key.
    var metadata: [String: String]

    /// Maximum size of the header in bytes. The networks of the family need far less; the format allows 100 MB.
    private static let largestHeader = 4_000_000

    init(tensors: [String: Tensor], quantized: [String: QuantizedTensor] = [:], metadata: [String: String]) {
        self.tensors = tensors
        self.quantized = quantized
        self.metadata = metadata
    }

    // MARK: - Reading

    /// Whether the bytes begin like a safetensors file: with a length that fits, and a brace.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        var reader = ByteReader(bytes)
        guard bytes.count > 8, let length = try? reader.count(UInt64.self) else { return false }
        return length <= largestHeader && length <= reader.remaining && bytes[8] == UInt8(ascii: "{")
    }

    /// Decodes a file.
    ///
    /// - Throws: ``FormatError`` if the file is malformed.
    init(_ bytes: [UInt8]) throws(FormatError) {
        var reader = ByteReader(bytes)
        guard bytes.count >= 8 else { throw FormatError("too short for a safetensors file") }
        let length = try reader.count(UInt64.self)
        guard length <= Self.largestHeader, length <= reader.remaining else {
            throw FormatError("not a safetensors file, or cut short")
        }
        let header = try Self.header(bytes[try reader.take(length)])
        metadata = header.metadata
        tensors = [:]
        quantized = [:]
        var integers: [String: (shape: [Int], values: QuantizedTensor.Values)] = [:]
        let data = reader.position..<bytes.count
        guard header.entries.values.allSatisfy({ ($0.data_offsets.last ?? 0) <= data.count }) else {
            throw FormatError("the tensors need more bytes than the file has; is it cut short?")
        }
        // Tensors must not overlap, so that a small file cannot request much memory.
        var budget = data.count
        for (name, entry) in header.entries.sorted(by: { $0.key < $1.key }) {
            do throws(FormatError) {
                let storage = try entry.storage(in: data)
                budget -= storage.count
                guard budget >= 0 else { throw FormatError("the tensors overlap") }
                if header.entries[name + SafetensorsCompanion.scale] != nil {
                    integers[name] = (entry.shape, try entry.integers(from: bytes, in: storage))
                } else {
                    tensors[name] = try entry.tensor(from: bytes, in: storage)
                }
            } catch {
                throw error.within("tensor \"\(shortened(name))\"")
            }
        }
        for (name, integer) in integers.sorted(by: { $0.key < $1.key }) {
            quantized[name] = try quantizedTensor(name, shape: integer.shape, values: integer.values)
        }
    }

    private static func header(_ json: ArraySlice<UInt8>) throws(FormatError) -> Header {
        do {
            return try JSONDecoder().decode(Header.self, from: Data(json))
        } catch {
            throw FormatError("the header is no safetensors header")
        }
    }

    // MARK: - Writing

    /// Encodes the file as chunks to be written one after the other. The same tensors give the same bytes.
    func encoded() throws -> [[UInt8]] {
        let pieces = pieces.sorted { $0.name < $1.name }
        var entries: [String: Entry] = [:]
        var at = 0
        for piece in pieces {
            let end = at + piece.bytes.count
            entries[piece.name] = Entry(dtype: piece.type.rawValue, shape: piece.shape, data_offsets: [at, end])
            at = end
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var json = [UInt8](try encoder.encode(Header(metadata: metadata, entries: entries)))
        json += [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8)
        let length = withUnsafeBytes(of: UInt64(json.count).littleEndian) { [UInt8]($0) }
        return [length, json] + pieces.map(\.bytes)
    }

    // MARK: - The header

    /// Entry of a tensor in the header. The names of the properties are those of the format.
    private struct Entry: Codable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]

        init(dtype: String, shape: [Int], data_offsets: [Int]) {
            self.dtype = dtype
            self.shape = shape
            self.data_offsets = data_offsets
        }

        /// Decodes an entry. Lists have a maximum length: a header may hold millions of elements.
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            dtype = try container.decode(String.self, forKey: .dtype)
            shape = try Self.list(
                try container.nestedUnkeyedContainer(forKey: .shape), atMost: StoredTensor.mostDimensions)
            data_offsets = try Self.list(try container.nestedUnkeyedContainer(forKey: .data_offsets), atMost: 2)
        }

        private static func list(_ container: any UnkeyedDecodingContainer, atMost limit: Int) throws -> [Int] {
            var container = container
            var values: [Int] = []
            while !container.isAtEnd {
                guard values.count < limit else { throw FormatError("a list of more than \(limit) elements") }
                values.append(try container.decode(Int.self))
            }
            return values
        }

        /// Returns the range of the tensor's bytes in the file.
        func storage(in data: Range<Int>) throws(FormatError) -> Range<Int> {
            guard data_offsets.count == 2, data_offsets[0] >= 0, data_offsets[0] <= data_offsets[1],
                data_offsets[1] <= data.count
            else { throw FormatError("its bytes \(data_offsets) reach past the end of the file; is it cut short?") }
            return data.lowerBound + data_offsets[0]..<data.lowerBound + data_offsets[1]
        }

        func tensor(from bytes: [UInt8], in storage: Range<Int>) throws(FormatError) -> Tensor {
            guard let type = ElementType(rawValue: dtype) else {
                throw FormatError("unknown type \"\(shortened(dtype))\"")
            }
            let tensor = try StoredTensor(type: type, shape: shape).read(from: bytes, in: storage)
            guard tensor.values.count * type.size == storage.count else {
                throw FormatError("\(storage.count) bytes are too many for the shape \(shape)")
            }
            return tensor
        }

        func integers(from bytes: [UInt8], in storage: Range<Int>) throws(FormatError) -> QuantizedTensor.Values {
            guard let type = ElementType(rawValue: dtype) else {
                throw FormatError("unknown type \"\(shortened(dtype))\"")
            }
            return try StoredTensor(type: type, shape: shape).readIntegers(from: bytes, in: storage)
        }
    }

    /// Header: an entry for each tensor, and the metadata.
    private struct Header: Codable {
        var metadata: [String: String]
        var entries: [String: Entry]

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
            static let metadata = Key(stringValue: "__metadata__")
        }

        init(metadata: [String: String], entries: [String: Entry]) {
            self.metadata = metadata
            self.entries = entries
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            metadata = try container.decodeIfPresent([String: String].self, forKey: .metadata) ?? [:]
            entries = [:]
            for key in container.allKeys where key.stringValue != Key.metadata.stringValue {
                entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(metadata, forKey: .metadata)
            for (name, entry) in entries { try container.encode(entry, forKey: Key(stringValue: name)) }
        }
    }
}
