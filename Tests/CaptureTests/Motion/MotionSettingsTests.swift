import Basics
import Testing

@testable import Capture

@Suite(.timeLimit(.minutes(10))) struct MotionSettingsTests {
    @Test func theDefaultsAreSound() {
        #expect(MotionSettings().problem == nil)
        #expect(abs(MotionSettings().contrast - 8.94) < 0.01)
        #expect(MotionSettings().hold > 2, "longer than a label takes to be gone")
    }

    @Test func whatMakesNoSenseIsNamed() {
        let cases: [(MotionSettings, String)] = [
            (MotionSettings(sensitivity: .nan), "the sensitivity is a number from 0 to 1, not nan"),
            (MotionSettings(sensitivity: -0.1), "the sensitivity is a number from 0 to 1, not -0.1"),
            (MotionSettings(sensitivity: 2), "the sensitivity is a number from 0 to 1, not 2.0"),
            (MotionSettings(minimumArea: -1), "the minimum area is a number from 0 to 1, not -1.0"),
            (MotionSettings(minimumArea: .nan), "the minimum area is a number from 0 to 1, not nan"),
            (MotionSettings(heartbeat: 0), "the heartbeat is a number of seconds above 0, up to 86400, not 0.0"),
            (
                MotionSettings(heartbeat: .infinity),
                "the heartbeat is a number of seconds above 0, up to 86400, not inf"
            ),
            (MotionSettings(hold: -1), "the hold time is a number of seconds from 0 to 86400, not -1.0"),
            (MotionSettings(hold: .nan), "the hold time is a number of seconds from 0 to 86400, not nan"),
            (MotionSettings(masks: [Polygon([])]), "a mask has at least three corners, not 0"),
            (
                MotionSettings(masks: [Polygon([.init(x: 0, y: 0), .init(x: 1, y: .nan), .init(x: 0, y: 1)])]),
                "the corners of a mask are numbers from 0 to 1, not (1.0, nan)"
            ),
        ]
        for (settings, problem) in cases { #expect(settings.problem == problem) }
    }

    @Test func theShareOfTheWorkThatWasSavedIsCounted() {
        var statistics = MotionStatistics()
        #expect(statistics.saved == 0)
        for reason in MotionVerdict.Reason.allCases { statistics.count(reason) }
        #expect(statistics.seen == 10)
        #expect(statistics.passed == 8)
        #expect(statistics.saved == 0.2)
        #expect(MotionVerdict.Reason.allCases.allSatisfy { statistics[$0] == 1 })
    }

    @Test func masksAreGivenInTheUprightFrame() {
        let topLeft = Polygon([(0, 0), (0.5, 0), (0.5, 0.5), (0, 0.5)].map { Point(x: $0.0, y: $0.1) })
        // The corner of the stored frame that is shown at the top left.
        let corners: [(Orientation, left: Bool, top: Bool)] = [
            (.upright, true, true), (.clockwise, true, false), (.upsideDown, false, false),
            (.counterclockwise, false, true), (.mirrored, false, true),
        ]
        for (orientation, left, top) in corners {
            let layout = LumaGrid.Layout(width: 320, height: 160, orientation: orientation)
            let visible = layout.visible(masks: [topLeft])
            for row in 0..<layout.rows {
                for column in 0..<layout.columns {
                    let isMasked = (column < 20) == left && (row < 10) == top
                    #expect(visible[row * layout.columns + column] != isMasked, "\(orientation) \(column) \(row)")
                }
            }
        }
    }

    @Test func polygonsMayBeConcave() {
        let arrow = Polygon([(0, 0), (1, 0), (0.5, 0.5), (1, 1), (0, 1)].map { Point(x: $0.0, y: $0.1) })
        #expect(arrow.contains(x: 0.2, y: 0.5))
        #expect(!arrow.contains(x: 0.9, y: 0.5))
        #expect(arrow.contains(x: 0.9, y: 0.05))
        #expect(!arrow.contains(x: -0.1, y: 0.5))
        #expect(!Polygon([]).contains(x: 0.5, y: 0.5))
    }

    @Test func areasAreConnectedAtEdgesAndCorners() {
        let pattern = [
            "##....#",
            "......#",
            "..#...#",
            ".#.....",
            "#....##",
        ]
        var marks = pattern.joined().map { $0 == "#" ? UInt8(1) : 0 }
        var areas = ConnectedAreas()
        #expect(areas.largest(in: &marks, columns: 7, rows: 5) == 3)
        var all = [UInt8](repeating: 1, count: 35)
        #expect(areas.largest(in: &all, columns: 7, rows: 5) == 35)
        var none = [UInt8](repeating: 0, count: 35)
        #expect(areas.largest(in: &none, columns: 7, rows: 5) == 0)
    }
}
