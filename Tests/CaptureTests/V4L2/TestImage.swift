import Testing

@testable import Capture

/// A frame that is the same in every format, and in every row: its formulas are those of the standards,
/// written down once more, so that the code under test is not compared with itself.
struct TestImage {
    /// From 0 to 1.
    typealias Colour = (red: Double, green: Double, blue: Double)

    let colour: @Sendable (_ x: Int, _ width: Int) -> Colour

    /// Eight upright bars, from white to black by luma, all colours as strong as they can be.
    static let bars = TestImage { x, width in barColours[min(7, x * 8 / width)] }

    static let barColours: [Colour] = [
        (1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0),
    ]

    /// Luma from 0 to 1, by ITU-R BT.601.
    static func luma(_ colour: Colour) -> Double { 0.299 * colour.red + 0.587 * colour.green + 0.114 * colour.blue }

    /// Y, Cb, Cr with 16 to 235 and 16 to 240.
    static func ycc(_ colour: Colour) -> [UInt8] {
        let luma = luma(colour)
        let parts = [
            16 + 219 * luma, 128 + 224 * (colour.blue - luma) / 1.772, 128 + 224 * (colour.red - luma) / 1.402,
        ]
        return parts.map { UInt8($0.rounded()) }
    }

    /// Formats with planes: how many columns and rows share a colour, and what the planes after luma hold.
    private static let planar: [FourCC: (columns: Int, rows: Int, planes: [[Int]])] = [
        "NV12": (2, 2, [[1, 2]]), "NV21": (2, 2, [[2, 1]]), "NV16": (2, 1, [[1, 2]]), "NV24": (1, 1, [[1, 2]]),
        "YU12": (2, 2, [[1], [2]]), "YV12": (2, 2, [[2], [1]]), "422P": (2, 1, [[1], [2]]),
        "411P": (4, 1, [[1], [2]]), "YUV9": (4, 4, [[1], [2]]),
    ]

    /// Formats in which two pixels share a colour: which of Y, Cb, Cr each byte is.
    private static let packed: [FourCC: [Int]] = ["YUYV": [0, 1, 0, 2], "UYVY": [1, 0, 2, 0], "YVYU": [0, 2, 0, 1]]

    /// Formats with a byte for red (0), green (1), blue (2); 3 is unused.
    private static let bytewise: [FourCC: [Int]] = [
        "RGB3": [0, 1, 2], "BGR3": [2, 1, 0], "BGR4": [2, 1, 0, 3], "XR24": [2, 1, 0, 3], "AR24": [2, 1, 0, 3],
        "RGB4": [3, 0, 1, 2], "BX24": [3, 0, 1, 2], "BA24": [3, 0, 1, 2], "XB24": [0, 1, 2, 3], "AB24": [0, 1, 2, 3],
    ]

    /// Formats with 16 bits: bits of red, green, blue, and whether the high byte comes first.
    private static let wordwise: [FourCC: (bits: [Int], bigEndian: Bool)] = [
        "RGBP": ([5, 6, 5], false), "RGBR": ([5, 6, 5], true), "RGBO": ([5, 5, 5], false), "XR15": ([5, 5, 5], false),
    ]

    private static let greys: [FourCC: Int] = ["GREY": 8, "Y10 ": 10, "Y12 ": 12, "Y16 ": 16]

    /// All that can be written here, and read by the libraries that the code under test uses.
    static let rawFormats: [FourCC] = (Array(planar.keys) + packed.keys + bytewise.keys + wordwise.keys + greys.keys)
        .filter { V4L2Encoding($0) != nil || $0 != "NV16" }

    static func isGrey(_ code: FourCC) -> Bool { greys[code] != nil }

    /// Bytes of a row of the first plane; 0 for formats that have none.
    static func bytesPerRow(_ code: FourCC, width: Int) -> Int {
        if planar[code] != nil { return width }
        if let grey = greys[code] { return grey > 8 ? 2 * width : width }
        if let order = bytewise[code] { return order.count * width }
        return packed[code] != nil || wordwise[code] != nil ? 2 * width : 0
    }

    /// The frame as a driver writes it.
    ///
    /// - Parameter padding: bytes behind each row of the first plane, in proportion behind the others.
    func bytes(_ code: FourCC, _ size: PixelSize, padding: Int = 0) -> [UInt8] {
        if let layout = Self.planar[code] { return planes(layout, size, padding) }
        var row: [UInt8] = []
        for x in 0..<size.width { row += pixel(code, x, colour(x, size.width)) }
        row += Array(repeating: 0x55, count: padding)
        return Self.rows(row, size.height)
    }

    private func planes(_ layout: (columns: Int, rows: Int, planes: [[Int]]), _ size: PixelSize, _ padding: Int)
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        for (columns, rows, parts) in [(1, 1, [0])] + layout.planes.map({ (layout.columns, layout.rows, $0) }) {
            let rowPadding = padding / columns * parts.count
            var row: [UInt8] = []
            for x in stride(from: 0, to: size.width, by: columns) {
                let ycc = Self.ycc(colour(x, size.width))
                row += parts.map { ycc[$0] }
            }
            bytes += Self.rows(row + Array(repeating: 0x55, count: rowPadding), (size.height + rows - 1) / rows)
        }
        return bytes
    }

    private static func rows(_ row: [UInt8], _ count: Int) -> [UInt8] {
        Array(repeatElement(row, count: count).joined())
    }

    private func pixel(_ code: FourCC, _ x: Int, _ colour: Colour) -> [UInt8] {
        let parts = [colour.red, colour.green, colour.blue]
        if let order = Self.packed[code] {
            let ycc = Self.ycc(colour)
            return order[(x % 2 * 2)..<(x % 2 * 2 + 2)].map { ycc[$0] }
        }
        if let order = Self.bytewise[code] { return order.map { $0 < 3 ? UInt8(255 * parts[$0]) : 0x99 } }
        if let (bits, bigEndian) = Self.wordwise[code] {
            let word = zip(bits, parts).reduce(0) { $0 << $1.0 | Int((Double(1 << $1.0 - 1) * $1.1).rounded()) }
            let bytes = [UInt8(word & 255), UInt8(word >> 8)]
            return bigEndian ? bytes.reversed() : bytes
        }
        let bits = Self.greys[code] ?? 8
        let grey = Int((Double(1 << bits - 1) * Self.luma(colour)).rounded())
        return bits > 8 ? [UInt8(grey & 255), UInt8(grey >> 8)] : [UInt8(grey)]
    }

    /// Expects the bars in a scaled frame. Five bits of a colour may be a little less than eight.
    static func expectBars(
        in image: PixelBuffer, grey: Bool = false, tolerance: Int = 8, _ comment: Comment? = nil,
        location: SourceLocation = #_sourceLocation
    ) {
        for (index, colour) in barColours.enumerated() {
            let luma = luma(colour)
            let wanted = (grey ? [luma, luma, luma] : [colour.red, colour.green, colour.blue]).map { Int(255 * $0) }
            let found = image.colour(row: image.height / 2, column: (2 * index + 1) * image.width / 16)
            let difference = zip(wanted, [found.0, found.1, found.2]).map { abs($0 - $1) }.max() ?? 0
            #expect(
                difference <= tolerance, "bar \(index): \(found), not \(wanted); \(comment ?? "")",
                sourceLocation: location)
        }
    }
}
