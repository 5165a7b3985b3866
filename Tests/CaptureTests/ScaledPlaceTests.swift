import Basics
import CFFmpeg
import TestSupport
import Testing

@testable import Capture

/// A scaler says which place of the frame an image shows.
@Suite(.timeLimit(.minutes(10))) struct ScaledPlaceTests {
    private func place(
        _ fit: Fit, _ region: Region = .full, of frame: Frame, width: Int = 100, height: Int = 100
    ) -> BoundingBox {
        Scaler(fit: fit).place(of: region, in: frame, width: width, height: height)
    }

    @Test func everyFitHasItsPlace() throws {
        let frame = try TestFrame.random("yuv420p", width: 400, height: 200)
        #expect(place(.squash, of: frame) == BoundingBox(x: 0, y: 0, width: 1, height: 1))
        #expect(place(.crop, of: frame) == BoundingBox(x: 0.25, y: 0, width: 0.5, height: 1))
        #expect(place(.pad, of: frame) == BoundingBox(x: 0, y: -0.5, width: 1, height: 2))
        frame.orientation = .clockwise
        #expect(place(.squash, of: frame) == BoundingBox(x: 0, y: 0, width: 1, height: 1))
        #expect(place(.crop, of: frame) == BoundingBox(x: 0, y: 0.25, width: 1, height: 0.5))
        #expect(place(.pad, of: frame) == BoundingBox(x: -0.5, y: 0, width: 2, height: 1))
    }

    @Test func barsOfAnOddNumberOfPixelsAreAccountedFor() throws {
        let frame = try TestFrame.random("yuv420p", width: 100, height: 98)
        let place = place(.pad, of: frame, width: 50, height: 52)
        // 49 rows, with one row above and two below.
        #expect(abs(place.y + 1.0 / 49) < 1e-12 && abs(place.bottom - 51.0 / 49) < 1e-12)
    }

    /// A bright dot appears at the position that the place gives, whatever region shows it.
    @Test(arguments: ["yuv420p", "nv12", "yuv410p", "yuyv422", "rgb24"])
    func pointsAreMappedExactly(_ format: String) throws {
        let orientations: [Orientation] = [.upright, .clockwise, .upsideDown, .counterclockwise, .mirrored]
        var random = SplitMix64(state: 3)
        for orientation in orientations {
            let frame = try TestFrame.dot(format, width: 160, height: 96, dot: (x: 72..<80, y: 40..<48))
            frame.orientation = orientation
            let center = orientation.shown(x: 76.0 / 160, y: 44.0 / 96)
            for _ in 0..<20 {
                // The dot is somewhere in the region, whose edges lie anywhere.
                let width = Double(random.fraction()) * 0.4 + 0.3, height = Double(random.fraction()) * 0.3 + 0.4
                let x = min(max(0, center.x - width * (0.2 + 0.6 * Double(random.fraction()))), 1 - width)
                let y = min(max(0, center.y - height * (0.2 + 0.6 * Double(random.fraction()))), 1 - height)
                let region = Region(name: "a", x: x, y: y, width: width, height: height)
                let image = PixelBuffer(width: 128, height: 128)
                try Scaler(fit: .squash).scale(frame, region: region, into: image)
                let found = brightCenter(of: image)
                let place = place(.squash, region, of: frame, width: 128, height: 128)
                #expect(abs(place.x + found.x * place.width - center.x) < 0.006, "\(orientation) \(region) \(found)")
                #expect(abs(place.y + found.y * place.height - center.y) < 0.006, "\(orientation) \(region) \(found)")
            }
        }
    }

    @Test func squareCropsAtWholePixelsAreShownAsTheyAre() throws {
        let frame = try TestFrame.random("yuv420p", width: 1920, height: 1080)
        for (left, top, side) in [(0, 0, 96), (8, 16, 232), (1920 - 96, 1080 - 96, 96), (832, 504, 568)] {
            let region = Region(
                name: "crop", x: Double(left) / 1920, y: Double(top) / 1080, width: Double(side) / 1920,
                height: Double(side) / 1080)
            let place = place(.squash, region, of: frame, width: 384, height: 384)
            #expect(abs(place.x - region.x) < 1e-12 && abs(place.width - region.width) < 1e-12)
            #expect(abs(place.y - region.y) < 1e-12 && abs(place.height - region.height) < 1e-12)
        }
    }

    @Test func theSizeInSquarePixelsIsThatOfTheUprightFrame() throws {
        let frame = try TestFrame.random("yuv420p", width: 704, height: 576)
        #expect(frame.squarePixelSize == PixelSize(width: 704, height: 576))
        frame.pixelAspect = 16.0 / 11
        #expect(frame.squarePixelSize == PixelSize(width: 1024, height: 576))
        frame.orientation = .clockwise
        #expect(frame.squarePixelSize == PixelSize(width: 576, height: 1024))
    }

    /// What it costs is printed, not promised: the machine may be busy, and this build unoptimised.
    @Test func theCostOfACropIsMeasured() throws {
        let clock = ContinuousClock()
        let frame = try TestFrame.random("nv12", width: 1920, height: 1080)
        let image = PixelBuffer(width: 384, height: 384)
        let scaler = Scaler(fit: .squash)
        for side in [96.0, 232, 384, 568, 1080] {
            let region = Region(name: "crop", x: 0.25, y: 0, width: side / 1920, height: side / 1080)
            let first = try clock.measure { try scaler.scale(frame, region: region, into: image) }
            let later = try (0..<5).map { _ in
                try clock.measure { try scaler.scale(frame, region: region, into: image) }
            }.min()
            print("1080p crop of \(Int(side)): first in \(first), then in \(later ?? .zero)")
        }
    }

    /// Centre of the bright pixels, in normalized coordinates.
    private func brightCenter(of image: PixelBuffer) -> (x: Double, y: Double) {
        var (sumX, sumY, sum) = (0.0, 0.0, 0.0)
        for row in 0..<image.height {
            for column in 0..<image.width {
                let weight = Double(image.row(row)[3 * column])
                sumX += weight * (Double(column) + 0.5)
                sumY += weight * (Double(row) + 0.5)
                sum += weight
            }
        }
        return (sumX / sum / Double(image.width), sumY / sum / Double(image.height))
    }
}

extension TestFrame {
    /// Black frame with a white rectangle. Its edges should be multiples of the chroma subsampling.
    static func dot(
        _ name: String, width: Int, height: Int, dot: (x: Range<Int>, y: Range<Int>)
    ) throws -> Frame {
        let frame = try random(name, width: width, height: height)
        let picture = frame.handle.pointee
        let isRGB = name == "rgb24", isPacked = name == "yuyv422"
        for (plane, base) in [picture.data.0, picture.data.1, picture.data.2].enumerated() {
            guard let base else { continue }
            let stride = [picture.linesize.0, picture.linesize.1, picture.linesize.2][plane]
            let rows = plane == 0 ? height : height / (name == "yuv410p" ? 4 : 2)
            for row in 0..<rows {
                for offset in 0..<Int(stride) {
                    let column = isRGB ? offset / 3 : isPacked ? offset / 2 : offset
                    let isLuma = plane == 0 && !(isPacked && offset % 2 == 1)
                    let isWhite = dot.x.contains(column) && dot.y.contains(row)
                    let levels: (UInt8, UInt8) = isRGB ? (255, 0) : (235, 16)
                    base[row * Int(stride) + offset] = isLuma ? (isWhite ? levels.0 : levels.1) : 128
                }
            }
        }
        return frame
    }
}
