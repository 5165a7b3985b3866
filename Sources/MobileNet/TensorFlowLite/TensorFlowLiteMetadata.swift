import Basics

/// Metadata of a TensorFlow Lite file: labels, licence, and the normalization of the input.
///
/// The schema is tflite_support's metadata_schema.fbs. Malformed metadata are ignored, because the network does not
/// need them.
struct TensorFlowLiteMetadata {
    private(set) var labels: [String]?
    private(set) var licence: String?
    private(set) var normalization: InputNormalization?

    init(_ file: TensorFlowLiteFile) {
        // Offsets of the embedded FlatBuffers file are relative to its own start.
        let bytes = Array(file.bytes[file.metadata])
        var labelFile: String?
        if !bytes.isEmpty, let model = try? FlatTable.root(of: bytes) {
            licence = (try? model.text(5, atMost: 1 << 16)).flatMap { $0.isEmpty ? nil : $0 }
            let subgraph = try? model.tables(3).table(0)
            normalization = subgraph.flatMap(Self.normalization)
            labelFile = subgraph.flatMap(Self.labelFile)
        }
        labels = Self.labels(in: file.bytes, named: labelFile)
    }

    /// Returns the normalization `(value − mean) / standardDeviation` of the first input's process units.
    private static func normalization(_ subgraph: FlatTable) -> InputNormalization? {
        guard let input = try? subgraph.tables(2).table(0), let units = try? input.tables(4) else { return nil }
        for index in 0..<min(units.count, 16) {
            guard let unit = try? units.table(index), (try? unit.number(0, default: UInt8(0))) == 1,
                let options = try? unit.table(1), let means = try? options.vector(0, of: UInt32.self).items(atMost: 3),
                let standardDeviations = try? options.vector(1, of: UInt32.self).items(atMost: 3)
            else { continue }
            return InputNormalization(
                means: means.map { Float(bitPattern: $0) },
                standardDeviations: standardDeviations.map { Float(bitPattern: $0) })
        }
        return nil
    }

    /// Returns the name of the archive's file with the labels of the first output.
    private static func labelFile(_ subgraph: FlatTable) -> String? {
        let tensorLabels: Int8 = 2
        guard let output = try? subgraph.tables(3).table(0), let files = try? output.tables(6) else { return nil }
        for index in 0..<min(files.count, 16) {
            guard let file = try? files.table(index), (try? file.number(2, default: Int8(0))) == tensorLabels else {
                continue
            }
            return try? file.text(0)
        }
        return nil
    }

    /// Returns the lines of a file in the zip archive that is appended to the network's file.
    private static func labels(in bytes: [UInt8], named name: String?) -> [String]? {
        guard let archive = try? ZipArchive(bytes) else { return nil }
        let texts = archive.members.filter { $0.key.hasSuffix(".txt") }
        guard let range = name.flatMap({ archive.members[$0] }) ?? (texts.count == 1 ? texts.first?.value : nil),
            range.count <= Files.largestText, let text = String(validating: bytes[range], as: UTF8.self)
        else { return nil }
        return Labels(text: text)?.names
    }
}
