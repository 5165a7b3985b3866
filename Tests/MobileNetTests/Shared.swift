import Basics
import Foundation
import Testing

@testable import MobileNet

/// Optional models and photos beside the repository, in `../shared`.
enum Shared {
    static let isThere = FileManager.default.fileExists(atPath: folder + "/models/README.md")
    static let comment: Comment = "../shared is not there: no models and photos of others to try this with"

    static let folder: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.appendingPathComponent("shared").path
    }()

    static func bytes(_ path: String) throws -> [UInt8] { try Files.read("\(folder)/\(path)") }

    static func floats(_ path: String) throws -> [Float] {
        let bytes = try bytes(path)
        return stride(from: 0, to: bytes.count, by: 4).map { at in
            bytes.withUnsafeBytes {
                Float(bitPattern: $0.loadUnaligned(fromByteOffset: at, as: UInt32.self).littleEndian)
            }
        }
    }

    static func labels(_ name: String) throws -> [String] {
        String(decoding: try bytes("models/\(name)"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Imports a model. Labels are made up if the file has none.
    static func model(_ file: String, configure: (inout ImportOptions) -> Void = { _ in }) throws -> Model {
        var options = ImportOptions()
        if file.hasPrefix("vww") { options.labels = try labels("vww_labels.txt") }
        if file.hasPrefix("ssd") { options.labels = try labels("coco_labels_90.txt") }
        if file.contains("ppocr_mobile") { options.labels = try labels("ppocr_cls_labels.txt") }
        configure(&options)
        return try ModelImport.read(bytes("models/\(file)"), options: options)
    }

    /// Reads an uncompressed bitmap of 24 bits as interleaved RGB.
    static func bitmap(_ path: String) throws -> (pixels: [UInt8], width: Int, height: Int) {
        let bytes = try bytes(path)
        func number(_ at: Int) -> Int {
            bytes.withUnsafeBytes { Int(Int32(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: Int32.self))) }
        }
        let (start, width, height) = (number(10), number(18), abs(number(22)))
        let rowBytes = (width * 3 + 3) / 4 * 4
        var pixels: [UInt8] = []
        for row in 0..<height {
            let line = start + (number(22) > 0 ? height - 1 - row : row) * rowBytes
            for column in 0..<width {
                for channel in [2, 1, 0] { pixels.append(bytes[line + 3 * column + channel]) }
            }
        }
        return (pixels, width, height)
    }
}

extension Plan {
    /// Returns the output for an image of the plan's size.
    func output(forPixels pixels: [UInt8]) -> [Float] {
        let session = Session(plan: self)
        pixels.withUnsafeBufferPointer { session.load(pixels: $0.baseAddress!, bytesPerRow: 3 * inputShape.width) }
        return Array(session.run())
    }
}
