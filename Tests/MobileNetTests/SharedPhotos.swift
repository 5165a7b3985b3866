import Basics
import Foundation

@testable import MobileNet

extension Shared {
    /// Returns a photo, resized to a square.
    ///
    /// LOOKOUT_PHOTOS names a folder of photos that Pillow has decoded and resized: NAME.SIDE.rgb.
    static func photo(_ name: String, side: Int) throws -> [UInt8] {
        if let prepared { return try Files.read("\(prepared)/\(name).\(side).rgb") }
        // Raw photos are 224 × 224.
        if name.hasSuffix(".rgb") {
            let pixels = try bytes("media/photos/\(name)")
            return PillowResize.bilinear(pixels, width: 224, height: 224, toWidth: side, toHeight: side)
        }
        let (pixels, width, height) =
            name.hasSuffix(".bmp") ? try bitmap("media/photos/\(name)") : try decoded("media/photos/\(name)")
        return PillowResize.bilinear(pixels, width: width, height: height, toWidth: side, toHeight: side)
    }

    static let prepared = ProcessInfo.processInfo.environment["LOOKOUT_PHOTOS"]

    /// Whether compressed photos can be decoded.
    static let hasDecoder = FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg")

    /// Decodes a photo with ffmpeg.
    private static func decoded(_ path: String) throws -> (pixels: [UInt8], width: Int, height: Int) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
        process.arguments = ["-v", "error", "-i", "\(folder)/\(path)", "-f", "image2pipe", "-vcodec", "ppm", "-"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        // "P6", width and height, 255, a line each, then the pixels.
        let lines = bytes.prefix(64).split(separator: 0x0A, maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count > 3 else { throw FormatError("\(path) cannot be decoded") }
        let size = String(decoding: lines[1], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
        guard size.count == 2, bytes.count - lines[3].startIndex == 3 * size[0] * size[1] else {
            throw FormatError("\(path) cannot be decoded")
        }
        return (Array(bytes[lines[3].startIndex...]), size[0], size[1])
    }
}

/// Pillow's `resize` with its bilinear filter, whose support grows with the scale.
///
/// Pillow, src/libImaging/Resample.c.
enum PillowResize {
    static func bilinear(_ pixels: [UInt8], width: Int, height: Int, toWidth: Int, toHeight: Int) -> [UInt8] {
        let rows = resample(pixels, lines: height, length: width, step: 3, lineStep: 3 * width, to: toWidth)
        // Both passes transpose.
        let columns = resample(
            rows, lines: toWidth, length: height, step: 3 * toWidth, lineStep: 3, to: toHeight)
        return (0..<toHeight * toWidth * 3).map { index in
            let (row, column, channel) = (index / (3 * toWidth), index / 3 % toWidth, index % 3)
            return columns[(column * toHeight + row) * 3 + channel]
        }
    }

    /// Resamples each line of `length` pixels to `count` pixels: `[line][pixel][channel]`.
    private static func resample(
        _ pixels: [UInt8], lines: Int, length: Int, step: Int, lineStep: Int, to count: Int
    ) -> [UInt8] {
        let scale = Double(length) / Double(count)
        let support = max(scale, 1)
        // Pillow computes in integers.
        let bits = 22
        let filters: [(first: Int, weights: [Int])] = (0..<count).map { index in
            let center = (Double(index) + 0.5) * scale
            let first = max(Int(center - support + 0.5), 0)
            let end = min(Int(center + support + 0.5), length)
            let weights = (first..<end).map { max(1 - abs((Double($0) - center + 0.5) / support), 0) }
            let sum = weights.reduce(0, +)
            return (first, weights.map { Int(0.5 + $0 / sum * Double(1 << bits)) })
        }
        var result: [UInt8] = []
        result.reserveCapacity(lines * count * 3)
        pixels.withUnsafeBufferPointer { pixels in
            for line in 0..<lines {
                for (first, weights) in filters {
                    for channel in 0..<3 {
                        var sum = 1 << (bits - 1)
                        for index in 0..<weights.count {
                            sum += weights[index] * Int(pixels[line * lineStep + (first + index) * step + channel])
                        }
                        result.append(UInt8(min(max(sum >> bits, 0), 255)))
                    }
                }
            }
        }
        return result
    }
}
