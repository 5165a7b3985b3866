import Basics
import Foundation
import TestSupport
import Testing

@testable import Capture

/// Images show what was drawn, where it was drawn.
@Suite(.timeLimit(.minutes(10))) struct CanvasTests {
    private static let red = Canvas.Colour(255, 0, 0)

    /// Places of the pixels that are not black.
    private static func drawn(_ image: PixelBuffer) -> Set<[Int]> {
        var places: Set<[Int]> = []
        for row in 0..<image.height {
            let pixels = image.row(row)
            for column in 0..<image.width where pixels[3 * column] > 0 { places.insert([column, row]) }
        }
        return places
    }

    private static func image(_ draw: (Canvas) -> Void) -> PixelBuffer {
        let image = PixelBuffer(width: 40, height: 30)
        draw(Canvas(image))
        return image
    }

    @Test func aLineCoversThePixelsBetweenItsEnds() {
        let image = Self.image {
            $0.line(from: Point(x: 5, y: 10.5), to: Point(x: 15, y: 10.5), thickness: 1, Self.red)
        }
        #expect(Self.drawn(image).isSuperset(of: (6..<14).map { [$0, 10] }))
        #expect(Self.drawn(image).allSatisfy { (4...15).contains($0[0]) && (10...10).contains($0[1]) })
    }

    @Test(
        arguments: [
            ([(2, 3), (12, 3), (12, 8), (2, 8)], 50), ([(5, 5), (25, 5), (5, 25)], 200),
            ([(-10, -10), (50, -10), (50, 50), (-10, 50)], 1200),
        ] as [([(Double, Double)], Int)]) func aPolygonCoversItsArea(corners: [(Double, Double)], area: Int)
    {
        let image = Self.image {
            $0.fill(corners.map { Point(x: $0.0, y: $0.1) }, Self.red, opacity: 1)
        }
        #expect(abs(Self.drawn(image).count - area) <= area / 10)
    }

    @Test func halfOfAnOpacityIsHalfOfTheColour() {
        let image = Self.image {
            $0.fill([(0, 0), (40, 0), (40, 30), (0, 30)].map { Point(x: $0.0, y: $0.1) }, Self.red, opacity: 0.5)
        }
        #expect(image.row(7)[21] == 128 && image.row(7)[22] == 0)
    }

    /// Wherever it is put, it is in the image.
    @Test func textLiesInTheImage() {
        for corner in [Point(x: 0, y: 0), Point(x: 100, y: 100), Point(x: -50, y: 12), Point(x: 39, y: 0)] {
            let image = Self.image { $0.text("Ab1", at: corner, scale: 1, .white) }
            let pixels = ["A", "b", "1"].flatMap { BitmapFont.rows(of: $0) }.reduce(0) { $0 + $1.nonzeroBitCount }
            #expect(Self.drawn(image).count == pixels, "\(corner)")
        }
        _ = Self.image { $0.text(String(repeating: "long ", count: 100), at: Point(x: 3, y: 3), scale: 9, .white) }
    }

    @Test func eachCharacterOfANameLooksDifferent() {
        let characters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-:, ")
        let glyphs = characters.map(BitmapFont.rows)
        #expect(Set(glyphs).count == characters.count)
        #expect(glyphs.allSatisfy { $0.count == BitmapFont.height && $0.allSatisfy { $0 < 32 } })
        #expect(BitmapFont.rows(of: "é") == BitmapFont.rows(of: "漢"), "a frame")
    }

    @Test func coordinatesWithoutBoundsDoNotTrap() {
        let far = [Double.infinity, -.infinity, .nan, 1e300, -1e300]
        for x in far {
            for y in far {
                _ = Self.image { canvas in
                    canvas.line(from: Point(x: x, y: y), to: Point(x: 3, y: 3), thickness: 2, Self.red)
                    canvas.fill([Point(x: x, y: y), Point(x: 3, y: 3), Point(x: 9, y: 3)], Self.red, opacity: 0.5)
                }
            }
        }
    }

    /// FFmpeg reads the same pixels again.
    @Test func aPNGHasThePixelsOfTheImage() throws {
        try Recording.withFolder { folder in
            let image = Self.image {
                $0.fill([(3, 4), (30, 9), (12, 25)].map { Point(x: $0.0, y: $0.1) }, Self.red, opacity: 0.7)
                $0.text("gate", at: Point(x: 8, y: 8), scale: 1, .white)
            }
            let path = folder + "/picture.png"
            try Data(try ImageEncoder.png(image)).write(to: URL(fileURLWithPath: path))
            let source = FileSource(
                path: path, sampling: .all, decoderThreads: 1, interruption: CancellationToken())
            try source.open()
            defer { source.close() }
            let frame = try #require(try source.nextFrame())
            let again = PixelBuffer(width: 40, height: 30)
            try Scaler(fit: .squash).scale(frame, into: again)
            #expect((0..<30).allSatisfy { Array(image.row($0)) == Array(again.row($0)) })
        }
    }
}
