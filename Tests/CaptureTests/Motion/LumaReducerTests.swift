import CFFmpeg
import TestSupport
import Testing

@testable import Capture

/// Grids show the brightness of frames, whatever the format.
@Suite(.timeLimit(.minutes(10))) struct LumaReducerTests {
    /// Those whose luma is read where it lies.
    static let direct = [
        "yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv411p", "yuv440p", "yuva420p", "nv12", "nv21", "nv16",
        "yuyv422", "uyvy422", "yvyu422", "gray", "ya8", "yuv420p9le", "yuv420p10le", "yuv422p12le", "yuv444p14le",
        "yuv420p16le", "gray10le", "gray12le", "gray16le", "p010le", "p016le",
    ]
    static let converted = ["rgb24", "bgr24", "bgr0", "argb", "gbrp", "rgb48le"]

    @Test(arguments: direct) func everyFormatWithALumaPlaneIsReadAsLibavutilReadsIt(_ name: String) throws {
        for (width, height) in [(64, 64), (129, 75), (17, 13), (8, 8), (3, 2), (1, 1), (790, 40)] {
            for range in [AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG] {
                let frame = try TestFrame.random(name, width: width, height: height)
                frame.handle.pointee.color_range = range
                #expect(LumaPlane(ColourFormat(frame.handle.pointee)) != nil)
                var grid = LumaGrid()
                try LumaReducer().reduce(frame, into: &grid)
                let isFull = range == AVCOL_RANGE_JPEG || ["gray", "ya", "yuvj"].contains { name.hasPrefix($0) }
                let expected = TestFrame.levels(frame, grid.layout, isFullRange: isFull)
                #expect(distance(grid.levels, expected) < 0.05, "\(width) × \(height) \(range.rawValue)")
            }
        }
    }

    @Test(arguments: converted) func everythingElseIsMadeGrey(_ name: String) throws {
        for (width, height) in [(64, 64), (320, 160), (17, 13), (1, 1)] {
            let frame = try TestFrame.random(name, width: width, height: height)
            #expect(LumaPlane(ColourFormat(frame.handle.pointee)) == nil)
            var grid = LumaGrid()
            try LumaReducer().reduce(frame, into: &grid)
            let expected = TestFrame.levelsOfColours(frame, grid.layout)
            // Cells that are no whole pixels are weighted by libswscale, but not by the plain way.
            #expect(distance(grid.levels, expected) < (width % 8 == 0 ? 2.5 : 8), "\(width) × \(height)")
        }
    }

    @Test(arguments: ["pal8", "monob", "yuv420p10be", "ya16le", "y210le", "xyz12le", "rgb565le"])
    func whatIsPackedDifferentlyIsNotTakenForAPlane(_ name: String) throws {
        let frame = try TestFrame.random(name, width: 64, height: 64)
        #expect(LumaPlane(ColourFormat(frame.handle.pointee)) == nil)
        var grid = LumaGrid()
        try LumaReducer().reduce(frame, into: &grid)
        #expect(grid.levels.contains { $0 > 0 })
    }

    @Test func cellsAreNearlySquareAndNotTooMany() {
        let cases = [
            (1920, 1080, 96, 54), (1080, 1920, 54, 96), (3840, 2160, 96, 54), (1280, 720, 91, 51), (640, 480, 80, 60),
            (320, 240, 40, 30), (16, 16, 2, 2), (15, 9, 1, 1), (1, 1, 1, 1), (10000, 8, 95, 1), (0, 0, 0, 0),
        ]
        for (width, height, columns, rows) in cases {
            let layout = LumaGrid.Layout(width: width, height: height, orientation: .upright)
            #expect((layout.columns, layout.rows) == (columns, rows), "\(width) × \(height)")
            #expect(layout.count <= 96 * 54)
        }
    }

    @Test func rowsAreReadAllOverACell() {
        #expect(Array(LumaReducer.rowsRead(of: 8..<16)) == Array(8..<16))
        #expect(Array(LumaReducer.rowsRead(of: 0..<20)) == [1, 3, 6, 8, 11, 13, 16, 18])
        #expect(Array(LumaReducer.rowsRead(of: 5..<6)) == [5])
    }

    @Test func framesOfTheSameSizeUseTheSameMemory() throws {
        let reducer = LumaReducer()
        var grid = LumaGrid()
        for name in ["yuv420p", "rgb24"] {
            let frame = try TestFrame.random(name, width: 640, height: 480)
            try reducer.reduce(frame, into: &grid)
            let before = grid.levels.withUnsafeBufferPointer { $0.baseAddress }
            try reducer.reduce(frame, into: &grid)
            #expect(grid.levels.withUnsafeBufferPointer { $0.baseAddress } == before)
        }
    }

    @Test func framesThatAreStoredFromTheBottomAreRead() throws {
        let frame = try TestFrame.random("yuv420p", width: 64, height: 64)
        var upright = LumaGrid()
        try LumaReducer().reduce(frame, into: &upright)
        let stride = frame.handle.pointee.linesize.0
        frame.handle.pointee.data.0? += Int(stride) * 63
        frame.handle.pointee.linesize.0 = -stride
        var flipped = LumaGrid()
        try LumaReducer().reduce(frame, into: &flipped)
        for row in 0..<8 { #expect(flipped.levels[row * 8] == upright.levels[(7 - row) * 8]) }
    }

    /// What it costs is printed, not promised: the machine may be busy, and this build unoptimised.
    @Test func theCostOfA1080pFrameIsMeasured() throws {
        let clock = ContinuousClock()
        for name in ["nv12", "yuyv422", "yuv420p10le", "rgb24"] {
            let frame = try TestFrame.random(name, width: 1920, height: 1080)
            let reducer = LumaReducer()
            var gate = MotionGate()
            var grid = LumaGrid()
            try reducer.reduce(frame, into: &grid)
            let reducing = try (0..<5).map { _ in try clock.measure { try reducer.reduce(frame, into: &grid) } }.min()
            let judging = (0..<5).map { time in clock.measure { _ = gate.observe(grid, at: Double(time)) } }.min()
            print("1080p \(name): reduced in \(reducing ?? .zero), judged in \(judging ?? .zero)")
        }
    }

    private func distance(_ a: [Float], _ b: [Float]) -> Float {
        a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }
}

/// Frames of nothing in particular, and a plain way to read them.
enum TestFrame {
    static func random(_ name: String, width: Int, height: Int) throws -> Frame {
        let frame = Frame()
        let format = av_get_pix_fmt(name)
        try #require(format != AV_PIX_FMT_NONE, "\(name)")
        frame.handle.pointee.format = format.rawValue
        frame.handle.pointee.width = Int32(width)
        frame.handle.pointee.height = Int32(height)
        try checked("allocate", av_frame_get_buffer(frame.handle, 0))
        var random = SplitMix64(state: UInt64(width * height))
        let buffers = frame.handle.pointee.buf
        for buffer in [buffers.0, buffers.1, buffers.2, buffers.3].compactMap({ $0 }) {
            for index in 0..<Int(buffer.pointee.size) {
                buffer.pointee.data[index] = UInt8(truncatingIfNeeded: random.next())
            }
        }
        return frame
    }

    /// The levels of a frame's cells, of the rows that are said to be read.
    static func levels(_ frame: Frame, _ layout: LumaGrid.Layout, isFullRange: Bool) -> [Float] {
        let scale = depthScale(frame)
        return means(frame, layout, component: 0).map { mean in
            min(max(isFullRange ? mean : (mean * 255 - 16 * scale) / (219 * scale), 0), 1) * 255
        }
    }

    /// ITU-R BT.601's luma of red, green and blue.
    static func levelsOfColours(_ frame: Frame, _ layout: LumaGrid.Layout) -> [Float] {
        let red = means(frame, layout, component: 0, allRows: true)
        let green = means(frame, layout, component: 1, allRows: true)
        let blue = means(frame, layout, component: 2, allRows: true)
        return red.indices.map { 255 * (0.299 * red[$0] + 0.587 * green[$0] + 0.114 * blue[$0]) }
    }

    /// 16 and 235 are shifted for more bits, and the largest number is not 255 shifted.
    private static func depthScale(_ frame: Frame) -> Float {
        let depth = depth(frame)
        return Float(1 << (depth - 8)) * 255 / Float((1 << depth) - 1)
    }

    private static func depth(_ frame: Frame) -> Int {
        Int(av_pix_fmt_desc_get(AVPixelFormat(frame.handle.pointee.format))?.pointee.comp.0.depth ?? 8)
    }

    /// The means of a component in the cells, in parts of the largest number.
    private static func means(
        _ frame: Frame, _ layout: LumaGrid.Layout, component: Int32, allRows: Bool = false
    ) -> [Float] {
        let lines = (0..<layout.height).map { line(frame, $0, component) }
        let largest = Double((1 << depth(frame)) - 1)
        return (0..<layout.rows).flatMap { row in
            (0..<layout.columns).map { column in
                let range = layout.pixelRows(of: row)
                let rows = allRows ? Array(range) : Array(LumaReducer.rowsRead(of: range))
                let numbers = rows.flatMap { lines[$0][layout.pixelColumns(of: column)] }
                return Float(numbers.reduce(0.0) { $0 + Double($1) } / Double(numbers.count) / largest)
            }
        }
    }

    /// A row of a component, as libavutil reads it.
    private static func line(_ frame: Frame, _ row: Int, _ component: Int32) -> [UInt16] {
        let avFrame = frame.handle.pointee
        let planes = [avFrame.data.0, avFrame.data.1, avFrame.data.2, avFrame.data.3].map { plane in
            plane.map { UnsafePointer<UInt8>($0) }
        }
        let strides = [avFrame.linesize.0, avFrame.linesize.1, avFrame.linesize.2, avFrame.linesize.3]
        var line = [UInt16](repeating: 0, count: frame.width)
        var sources = planes
        av_read_image_line2(
            &line, &sources, strides, av_pix_fmt_desc_get(AVPixelFormat(avFrame.format)), 0, Int32(row), component,
            Int32(frame.width), 0, 2)
        return line
    }
}
