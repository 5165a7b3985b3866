import Foundation

/// JSON lines of a file that another process writes.
final class LineFile {
    private let handle: FileHandle
    private var rest = Data()
    /// All complete lines so far.
    private(set) var lines: [[String: Any]] = []

    init(_ path: String) throws { handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)) }

    /// Reads new lines.
    func update() throws {
        rest += try handle.readToEnd() ?? Data()
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let object = try JSONSerialization.jsonObject(with: Data(rest[..<end]))
            rest = Data(rest[rest.index(after: end)...])
            lines.append(object as? [String: Any] ?? [:])
        }
    }
}

extension [String: Any] {
    var type: String { self["type"] as? String ?? "none" }
    var id: String { self["id"] as? String ?? "none" }
    var source: String { self["source"] as? String ?? "none" }

    /// Time of the record in seconds since 1970.
    var time: Double? {
        (self["time"] as? String).flatMap { try? Date($0, strategy: Self.format) }?.timeIntervalSince1970
    }

    private static var format: Date.ISO8601FormatStyle { .init(includingFractionalSeconds: true) }
}
