import Basics
import Capture
import Events
import Testing

@testable import Watch

@Suite(.timeLimit(.minutes(10))) struct CropSettingsTests {
    @Test func settingsOutOfRangeHaveAMessage() {
        #expect(CropSettings().problem == nil)
        #expect(CropSettings(budget: 16, wholeFrameInterval: 0).problem == nil)
        for budget in [-1, 17] {
            #expect(
                CropSettings(budget: budget).problem == "the number of crops of a frame is from 0 to 16, not \(budget)")
        }
        for interval in [-1, Double.nan, .infinity, 3601] {
            #expect(CropSettings(budget: 1, wholeFrameInterval: interval).problem != nil)
        }
    }

    @Test func sidesComeFromALadderOfFewSizes() {
        let rule = CropRule()
        let frame = PixelSize(width: 3840, height: 2160)
        let sides = Set((1...2160).map { rule.ladderSide(atLeast: Double($0), in: frame) })
        #expect(sides.count <= 16)
        #expect(sides.min() == rule.leastSide && sides.max() == 2160)
        #expect(sides.allSatisfy { $0 % CropRule.alignment == 0 })
        for side in 1...2160 {
            #expect(rule.ladderSide(atLeast: Double(side), in: frame) >= side - CropRule.alignment / 2)
        }
    }

    @Test func anObjectIsShownIfItIsLargeEnoughForAPartThatContainsIt() throws {
        let frame = PixelSize(width: 1920, height: 1080)
        let crop = FrameCrop(left: 960, top: 536, side: 96, frame: frame)
        let coverage = try #require(CropPlan(hasWholeFrame: true, crops: [crop]).coverage)
        let inCrop = BoundingBox(x: 0.505, y: 0.505, width: 0.01, height: 0.04)
        #expect(coverage.shows(inCrop))
        #expect(coverage.shows(BoundingBox(x: 0.1, y: 0.1, width: 0.1, height: 0.3)), "large")
        #expect(!coverage.shows(BoundingBox(x: 0.1, y: 0.1, width: 0.01, height: 0.04)), "too small")
        #expect(!coverage.shows(BoundingBox(x: 0.545, y: 0.505, width: 0.02, height: 0.04)), "cut off")
        #expect(coverage.shows(BoundingBox(x: 1.1, y: 0.1, width: 0.01, height: 0.04)), "nothing is out there")
        #expect(try #require(CropPlan(hasWholeFrame: false).coverage).shows(inCrop) == false)
        #expect(CropPlan.onlyWholeFrame.coverage == nil)
    }

    @Test func regionsAreThoseThatTheScalerShows() {
        let crop = FrameCrop(left: 480, top: 270, side: 96, frame: PixelSize(width: 1920, height: 1080))
        let plan = CropPlan(hasWholeFrame: true, crops: [crop])
        #expect(plan.regions.map(\.x) == [0, 0.25])
        #expect(plan.coverage == Coverage(hasWholeFrame: true, crops: [crop.box]))
        #expect(CropPlan(hasWholeFrame: false).regions.isEmpty)
    }
}
