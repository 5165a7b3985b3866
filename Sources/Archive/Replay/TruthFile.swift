import Basics
import FoundationEssentials
import Watch

/// True intervals of recordings, which people have written down.
///
/// A CSV file has a line for each interval, `recording,label,start,end`, with times in seconds from the first frame or as
/// `1:02:03.5`. A JSON file has `{"clip": "name.mp4", "objects": [{"label": "person", "t_in": 5.9, "t_out": 20.1}]}`; an
/// object may have more labels in `accept`, and `"partial": true` if it need not be found.
package struct TruthFile: Equatable, Sendable {
    /// True interval.
    package struct Entry: Equatable, Sendable {
        /// Name of the recording, with or without its folder.
        package var recording: String
        /// Labels and groups that count as right; empty for all.
        package var labels: Set<String>
        package var interval: MediaInterval
        /// Whether it need not be found.
        package var isOptional: Bool
    }

    package var entries: [Entry]

    package init(entries: [Entry]) { self.entries = entries }

    /// Reads a file.
    ///
    /// - Throws: ``FileError``.
    package init(_ path: String) throws(FileError) {
        let bytes = try Files.read(path, atMost: Files.largestText)
        do {
            entries =
                bytes.first(where: { $0 > 32 }) == UInt8(ascii: "{")
                ? try Self.json(bytes) : try Self.csv(String(decoding: bytes, as: UTF8.self))
        } catch {
            throw FileError(path: path, kind: .malformed, reason: "\(error)")
        }
        guard !entries.isEmpty else { throw FileError(path: path, kind: .malformed, reason: "it has no interval") }
    }

    /// Returns the entries of a recording.
    ///
    /// - Parameter source: path of the recording.
    package func entries(of source: String) -> [Entry] {
        entries.filter { entry in
            source == entry.recording || source.hasSuffix("/" + entry.recording)
                || Folder.split(source).name == Folder.split(entry.recording).name && !entry.recording.contains("/")
        }
    }

    // MARK: - JSON

    private struct Clip: Decodable {
        struct Object: Decodable {
            var label: String
            var accept: [String]?
            var t_in: Double
            var t_out: Double
            var partial: Bool?
        }

        var clip: String
        var objects: [Object]
    }

    private static func json(_ bytes: [UInt8]) throws(FormatError) -> [Entry] {
        guard let clip = try? JSONDecoder().decode(Clip.self, from: Data(bytes)) else {
            throw FormatError(
                "it is not JSON of the form {\"clip\": \"name.mp4\", \"objects\": [{\"label\": …, \"t_in\": …, \"t_out\": …}]}"
            )
        }
        return clip.objects.map { object in
            Entry(
                recording: clip.clip, labels: Set([object.label] + (object.accept ?? [])),
                interval: MediaInterval(start: object.t_in, end: object.t_out), isOptional: object.partial ?? false)
        }
    }

    // MARK: - CSV

    private static func csv(_ text: String) throws(FormatError) -> [Entry] {
        var entries: [Entry] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard let fields = CommaSeparated.fields(of: line) else {
                throw FormatError("line \(index + 1): a quotation mark is misplaced")
            }
            guard fields.contains(where: { !$0.isEmpty }), !(fields.first?.hasPrefix("#") ?? false) else { continue }
            guard fields.count == 4, let start = seconds(fields[2]), let end = seconds(fields[3]), end >= start else {
                if index == 0 { continue }  // names of the columns
                throw FormatError(
                    "line \(index + 1): it is not recording,label,start,end, as: porch.mp4,person,5.9,20.1")
            }
            entries.append(
                Entry(
                    recording: fields[0], labels: fields[1] == "*" ? [] : [fields[1]],
                    interval: MediaInterval(start: start, end: end), isOptional: false))
        }
        return entries
    }

    /// Parses `5.9`, `1:05.9` or `1:02:03.5`.
    static func seconds(_ text: String) -> Double? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
        guard (1...3).contains(parts.count), parts.allSatisfy({ $0.map { $0 >= 0 && $0.isFinite } ?? false }) else {
            return nil
        }
        return parts.reduce(0) { $0 * 60 + ($1 ?? 0) }
    }
}
