import Capture
import Testing

@testable import Watch

/// Which frames are worth looking at.
@Suite(.timeLimit(.minutes(10))) struct DuplicateFrameFilterTests {
    private func image(_ pixel: (Int, Int) -> (UInt8, UInt8, UInt8)) -> PixelBuffer {
        let buffer = PixelBuffer(width: 33, height: 20)
        for row in 0..<20 {
            for column in 0..<33 {
                let colour = pixel(row, column)
                buffer.row(row)[3 * column] = colour.0
                buffer.row(row)[3 * column + 1] = colour.1
                buffer.row(row)[3 * column + 2] = colour.2
            }
        }
        return buffer
    }

    @Test func aSceneIsNewAndThenRepeated() {
        var check = DuplicateFrameFilter()
        let scene = image { row, column in (UInt8(row * 10), UInt8(column * 5), 7) }
        let verdicts = [check.check(scene), check.check(scene)]
        #expect(verdicts == [.new, .repeated])
    }

    @Test func oneBitMakesAFrameNew() {
        var check = DuplicateFrameFilter()
        let scene = image { row, column in (UInt8(row * 10), UInt8(column * 5), 7) }
        _ = check.check(scene)
        for (row, byte) in [(0, 0), (7, 50), (19, 98)] {
            scene.row(row)[byte] ^= 1
            #expect(check.check(scene) == .new, "\(row), \(byte)")
        }
    }

    @Test func oneColourAllOverIsNothingToLookAt() {
        var check = DuplicateFrameFilter()
        for colour: (UInt8, UInt8, UInt8) in [(0, 0, 0), (128, 128, 128), (0, 255, 0), (16, 16, 16)] {
            let blank = image { row, column in (colour.0, colour.1 ^ UInt8((row + column) & 3), colour.2) }
            #expect(check.check(blank) == .blank)
        }
        let scene = image { row, _ in row == 19 ? (90, 90, 90) : (20, 20, 20) }
        #expect(check.check(scene) == .new, "a line at its lower edge is something")
    }

    @Test func latenciesAreRanked() {
        var window = LatencyWindow(capacity: 100)
        #expect(window.percentile(0.5) == nil)
        for value in 0..<1000 { window.add(Double(value)) }
        #expect(window.percentile(0.5) == 949)
        #expect(window.percentile(0.99) == 998)
        #expect(window.percentile(1) == 999)
    }
}
