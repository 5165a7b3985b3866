import Basics
import Events
import FoundationEssentials
import Watch

/// Report as one HTML file, which needs no network and no other file.
///
/// A Content-Security-Policy allows its own style and script alone, by their hashes, images that it contains, and local
/// videos.
package struct ReportPage: Sendable {
    private let title: String
    private let recordings: [ReportRecording]
    private let images: ReportImages

    package init(title: String, recordings: [ReportRecording], images: ReportImages) {
        self.title = title
        self.recordings = recordings
        self.images = images
    }

    /// The page, in UTF-8.
    package var html: [UInt8] {
        get throws {
            let style = String(decoding: PackageResources.report_css, as: UTF8.self)
            let script = String(decoding: PackageResources.report_js, as: UTF8.self)
            let values = [
                "policy": Self.policy(style: style, script: script), "title": Self.escaped(title),
                "summary": Self.escaped(summary), "style": style, "script": script,
                "data": try Self.json(ReportDocument(recordings)),
                "images": try Self.json(ReportImageDocument(images, recordings)),
            ]
            return Self.filled(String(decoding: PackageResources.report_html, as: UTF8.self), values)
        }
    }

    private var summary: String {
        let events = recordings.reduce(0) { $0 + $1.events.count }
        let hours = recordings.reduce(0) { $0 + $1.length } / 3600
        let tenths = (hours * 10).rounded() / 10
        let noun = recordings.count == 1 ? "recording" : "recordings"
        let length = hours < 1 ? "\(Int((hours * 60).rounded())) min" : "\(tenths) h"
        return "\(events) \(events == 1 ? "event" : "events") in \(recordings.count) \(noun), \(length) of video"
    }

    private static func policy(style: String, script: String) -> String {
        [
            "default-src 'none'", "style-src 'sha256-\(hash(style))'", "script-src 'sha256-\(hash(script))'",
            "img-src data:", "media-src file:", "base-uri 'none'", "form-action 'none'",
        ].joined(separator: "; ")
    }

    /// SHA-256 in Base64.
    private static func hash(_ text: String) -> String {
        let digits = Array(Checksum.of(Array(text.utf8)))
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        return Data(bytes).base64EncodedString()
    }

    /// Returns a value as JSON that may stand in a script element: nothing in it ends the element.
    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        var text: [UInt8] = []
        for byte in try encoder.encode(value) {
            if byte == UInt8(ascii: "<") { text += Array("\\u003c".utf8) } else { text.append(byte) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }

    /// Fills the places of a template, as `{{title}}`. Values are not searched for places.
    private static func filled(_ template: String, _ values: [String: String]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = template[...]
        while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            result += Array(rest[..<start.lowerBound].utf8)
            result += Array((values[String(rest[start.upperBound..<end.lowerBound])] ?? "").utf8)
            rest = rest[end.upperBound...]
        }
        return result + Array(rest.utf8)
    }
}

/// Data of a report, with the short names that its script reads.
private struct ReportDocument: Encodable {
    struct Recording: Encodable {
        var path: String
        /// URL of the local file; `nil` if it is not known.
        var file: String?
        /// Time of the first frame, in milliseconds since 1970.
        var first: Int64
        /// Position of the first frame in a player, in seconds.
        var offset: Double
        var length: Double
        var model: String
        var corrupt: [[Double]]
        /// Names and ends of lines.
        var lines: [Line]
    }

    struct Line: Encodable {
        var line: CountingLine

        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(line.name)
            for value in [line.from.x, line.from.y, line.to.x, line.to.y] { try container.encode(value) }
        }
    }

    struct Event: Encodable {
        var id: String
        /// Index of the recording.
        var r: Int
        var l: String
        var g: String?
        var s: Double
        var e: Double
        var p: Double
        /// Bounding box of the best sample.
        var b: [Double]?
        var z: [String]?
        var x: [Crossing]?
        /// Way of the object.
        var w: [[Double]]?
        var a: [String]?
        /// Curve of scores, in percent.
        var k: [Int]
    }

    struct Crossing: Encodable {
        var crossing: ReportEvent.Crossing

        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(crossing.line)
            try container.encode(crossing.direction)
            try container.encode(rounded(crossing.time, 100))
        }
    }

    var recordings: [Recording]
    var events: [Event]

    init(_ recordings: [ReportRecording]) {
        self.recordings = recordings.map { recording in
            Recording(
                path: recording.path, file: recording.absolutePath.map(Self.fileURL),
                first: recording.first.milliseconds, offset: 0, length: rounded(recording.length, 100),
                model: recording.model,
                corrupt: recording.corruption.map { [rounded($0.start, 100), rounded($0.end, 100)] },
                lines: recording.lines.map(Line.init))
        }
        events = recordings.enumerated().flatMap { index, recording in
            recording.events.map { Event($0, recording: index) }
        }
    }

    /// Returns a file's URL: everything but unreserved characters and slashes is percent-encoded (RFC 3986).
    private static func fileURL(_ path: String) -> String {
        "file://"
            + path.utf8.map { byte in
                let character = Character(UnicodeScalar(byte))
                let isPlain = byte < 128 && (character.isLetter || character.isNumber || "-._~/".contains(character))
                let digits = String(byte, radix: 16, uppercase: true)
                return isPlain ? String(character) : "%" + (digits.count < 2 ? "0" : "") + digits
            }.joined()
    }
}

extension ReportDocument.Event {
    init(_ event: ReportEvent, recording: Int) {
        self.init(
            id: event.id, r: recording, l: event.label, g: event.group, s: rounded(event.start, 100),
            e: rounded(event.end, 100), p: rounded(event.peak, 1000),
            b: event.box.map { box in [box.x, box.y, box.width, box.height].map { rounded($0, 1000) } },
            z: event.zones.isEmpty ? nil : event.zones,
            x: event.crossings.isEmpty ? nil : event.crossings.map(ReportDocument.Crossing.init),
            w: event.path.count < 2 ? nil : event.path.map { [rounded($0.x, 1000), rounded($0.y, 1000)] },
            a: event.attributes.isEmpty ? nil : event.attributes,
            k: event.curve.map { Int((100 * $0).rounded()) })
    }
}

/// Images of a report, in Base64.
private struct ReportImageDocument: Encodable {
    var best: [String: String]
    var strips: [String: String]
    /// By the index of the recording.
    var views: [Int: String]

    init(_ images: ReportImages, _ recordings: [ReportRecording]) {
        func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
        best = images.best.mapValues(text)
        strips = images.strips.mapValues(text)
        views = [:]
        for (index, recording) in recordings.enumerated() {
            if let view = images.views[recording.path] { views[index] = text(view) }
        }
    }
}

/// Rounds a number to a fraction: 100 for two decimals.
private func rounded(_ value: Double, _ unit: Double) -> Double {
    value.isFinite ? (value * unit).rounded() / unit : 0
}
