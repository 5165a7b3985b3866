import Testing

@testable import Capture

@Suite(.timeLimit(.minutes(10))) struct OrientationTests {
    /// A display matrix, of which only the upper left part matters.
    private func orientation(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> Orientation? {
        let matrix: [Int32] = [a, b, 0, c, d, 0, 0, 0, 1 << 30]
        return matrix.withUnsafeBytes { $0.baseAddress.flatMap(Orientation.init(displayMatrix:)) }
    }

    @Test func matricesAreReadByQuarterTurns() {
        let one: Int32 = 1 << 16
        #expect(orientation(one, 0, 0, one) == .upright)
        #expect(orientation(0, one, -one, 0) == .clockwise)
        #expect(orientation(-one, 0, 0, -one) == .upsideDown)
        #expect(orientation(0, -one, one, 0) == .counterclockwise)
        #expect(orientation(-one, 0, 0, one) == .mirrored)
        #expect(orientation(2 * one, 3, -5, one / 2) == .upright, "a matrix may scale, and be a little off")
        #expect(orientation(0, 0, 0, 0) == nil)
        #expect(orientation(.min, 0, 0, .min) == .upsideDown)
    }

    @Test func everyStoredPixelIsShownOnce() {
        let all: [Orientation] = [
            .upright, .clockwise, .upsideDown, .counterclockwise, .mirrored, Orientation(a: 0, b: 1, c: 1, d: 0),
        ]
        for orientation in all {
            for (width, height) in [(3, 2), (4, 4), (1, 5)] {
                var places: Set<[Int]> = []
                for row in 0..<height {
                    for column in 0..<width {
                        let place = orientation.stored(column: column, row: row, width: width, height: height)
                        places.insert([place.column, place.row])
                        #expect((0..<(orientation.swapsAxes ? height : width)).contains(place.column))
                        #expect((0..<(orientation.swapsAxes ? width : height)).contains(place.row))
                    }
                }
                #expect(places.count == width * height)
            }
        }
    }

    @Test func aClockwiseTurnBringsTheBottomLeftToTheTopLeft() {
        let place = Orientation.clockwise.stored(column: 0, row: 0, width: 2, height: 3)
        #expect(place == (0, 1), "the stored frame is 3 wide and 2 high")
    }
}
