import Basics
import Capture
import TestSupport
import Testing

@testable import Watch

/// Crops follow motion and tracked objects. Times are in seconds.
@Suite(.timeLimit(.minutes(10))) struct CropPlannerTests {
    private static let frame = PixelSize(width: 1920, height: 1080)

    /// A planner with frames at five a second.
    private struct Run {
        var planner: CropPlanner
        var time = 0.0
        private(set) var plans: [CropPlan] = []

        init(budget: Int = 2, wholeFrameInterval: Double = 1, rule: CropRule = CropRule()) {
            planner = CropPlanner(
                settings: CropSettings(budget: budget, wholeFrameInterval: wholeFrameInterval), rule: rule)
        }

        @discardableResult
        mutating func plan(motion: [BoundingBox] = [], objects: [PredictedObject] = []) -> CropPlan {
            let plan = planner.plan(frame: CropPlannerTests.frame, motion: motion, objects: objects, at: time)
            plans.append(plan)
            time += 0.2
            return plan
        }
    }

    private static func box(_ left: Double, _ top: Double, _ width: Double, _ height: Double) -> BoundingBox {
        BoundingBox(x: left / 1920, y: top / 1080, width: width / 1920, height: height / 1080)
    }

    private func inspections(_ run: Run, at box: BoundingBox) -> Int {
        run.plans.count { plan in plan.crops.contains { contains($0.box, box) } }
    }

    private func contains(_ outer: BoundingBox, _ inner: BoundingBox) -> Bool {
        outer.x <= inner.x && outer.y <= inner.y && outer.right >= inner.right && outer.bottom >= inner.bottom
    }

    // MARK: - Whole frame

    @Test func theFirstFrameIsInspectedWhole() {
        var run = Run()
        #expect(run.plan() == CropPlan(hasWholeFrame: true))
    }

    @Test func theWholeFrameHasItsOwnRate() {
        var run = Run()
        for _ in 0..<21 { run.plan() }
        #expect(run.plans.indices.filter { run.plans[$0].hasWholeFrame } == [0, 5, 10, 15, 20])
        #expect(run.plans.allSatisfy { $0.crops.isEmpty })
    }

    @Test func anIntervalOfZeroIsEveryFrame() {
        var run = Run(wholeFrameInterval: 0)
        for _ in 0..<5 { run.plan() }
        #expect(run.plans.allSatisfy { $0.hasWholeFrame })
    }

    @Test func withoutABudgetOnlyTheWholeFrameIsInspected() {
        var run = Run(budget: 0)
        for _ in 0..<5 { run.plan(motion: [Self.box(100, 100, 40, 80)]) }
        #expect(run.plans.allSatisfy { $0 == .onlyWholeFrame })
    }

    @Test func aLargeObjectThatMovesNeedsTheWholeFrameAndNoCrop() {
        var run = Run()
        let large = Self.box(600, 200, 400, 800)
        for _ in 0..<5 { run.plan(motion: [large], objects: [PredictedObject(number: 0, box: large)]) }
        #expect(run.plans.allSatisfy { $0 == CropPlan(hasWholeFrame: true) })
    }

    @Test func aNewSizeOrAResetIsANewBeginning() {
        var run = Run()
        run.plan()
        run.planner.reset()
        #expect(run.plan().hasWholeFrame)
        let other = run.planner.plan(frame: PixelSize(width: 1280, height: 720), motion: [], objects: [], at: 9)
        #expect(other.hasWholeFrame)
    }

    @Test func aFrameThatIsSmallerThanACropHasNone() {
        var planner = CropPlanner(settings: CropSettings(budget: 2))
        for (width, height) in [(64, 48), (1, 1), (0, 0), (1920, 8)] {
            let plan = planner.plan(
                frame: PixelSize(width: width, height: height),
                motion: [BoundingBox(x: 0.4, y: 0.4, width: 0.1, height: 0.1)], objects: [], at: 0)
            #expect(plan == .onlyWholeFrame)
        }
    }

    // MARK: - Crops

    @Test func motionGetsACropOfTheSizeThatSuitsIt() {
        var run = Run()
        let motion = Self.box(800, 400, 60, 120)
        let plan = run.plan(motion: [motion])
        #expect(plan.crops.count == 1)
        #expect(plan.crops.allSatisfy { contains($0.box, motion) && (240...360).contains($0.side) })
    }

    @Test func aDistantObjectGetsTheSmallestCrop() {
        var run = Run()
        let plan = run.plan(motion: [Self.box(800, 400, 6, 15)])
        #expect(plan.crops.map(\.side) == [CropRule().leastSide])
    }

    @Test(arguments: [(0.0, 0.0), (1880, 0), (0, 1000), (1880, 1000)])
    func cropsAtTheEdgesOfTheFrameStayInIt(_ place: (Double, Double)) {
        var run = Run()
        let motion = Self.box(place.0, place.1, 40, 80)
        let plan = run.plan(motion: [motion])
        #expect(plan.crops.count == 1)
        #expect(plan.crops.allSatisfy { contains($0.box, motion) && contains(BoundingBox.frame, $0.box) })
    }

    @Test func neighboursShareACrop() {
        var run = Run()
        let pair = [Self.box(800, 400, 40, 100), Self.box(860, 410, 40, 100)]
        let plan = run.plan(motion: pair)
        #expect(plan.crops.count == 1)
        #expect(plan.crops.allSatisfy { contains($0.box, pair[0]) && contains($0.box, pair[1]) })
    }

    @Test func aSmallObjectDoesNotShareTheCropOfALargeOne() {
        var run = Run()
        let plan = run.plan(motion: [Self.box(800, 300, 150, 300), Self.box(960, 400, 15, 30)])
        #expect(plan.crops.count == 2)
    }

    @Test func motionThatAnObjectExplainsHasNoCropOfItsOwn() {
        var run = Run()
        let object = PredictedObject(number: 3, box: Self.box(800, 400, 60, 120))
        let plan = run.plan(motion: [Self.box(790, 390, 80, 60)], objects: [object])
        #expect(plan.crops.count == 1)
    }

    @Test func somethingSmallInFrontOfSomethingLargeHasACropOfItsOwn() {
        var run = Run()
        let parked = PredictedObject(number: 3, box: Self.box(300, 200, 1200, 600))
        let plan = run.plan(motion: [Self.box(800, 400, 30, 60)], objects: [parked])
        #expect(plan.crops.count == 1)
    }

    // MARK: - Hysteresis

    @Test func aCropStaysWhereItIsWhileItsObjectTrembles() {
        var run = Run()
        var random = SplitMix64(state: 1)
        func around(_ value: Double) -> Double { value + 8 * (Double(random.fraction()) - 0.5) }
        for _ in 0..<50 {
            let box = Self.box(around(800), around(400), around(60), around(120))
            run.plan(motion: [box], objects: [PredictedObject(number: 0, box: box)])
        }
        #expect(Set(run.plans.flatMap(\.crops)).count == 1)
        #expect(run.plans.allSatisfy { $0.crops.count == 1 })
    }

    @Test func aMovingObjectIsInItsCropInEveryFrameAndChangesItNowAndThen() {
        var run = Run()
        for step in 0..<80 {
            let box = Self.box(100 + 20 * Double(step), 500, 60, 120)
            run.plan(motion: [box], objects: [PredictedObject(number: 0, box: box)])
            #expect(run.plans.last?.coverage?.shows(box) == true)
        }
        #expect(Set(run.plans.flatMap(\.crops)).count < 30)
    }

    // MARK: - Turns

    @Test func aParkedObjectIsInspectedNowAndThen() {
        var run = Run()
        let parked = PredictedObject(number: 0, box: Self.box(800, 400, 80, 60))
        for _ in 0..<50 { run.plan(objects: [parked]) }
        #expect((9...11).contains(inspections(run, at: parked.box)))
    }

    @Test func anObjectThatIsNotSeenIsInspectedLessAndLessOften() {
        var run = Run()
        let box = Self.box(800, 400, 80, 60)
        for step in 0..<50 { run.plan(objects: [PredictedObject(number: 0, box: box, missedTime: 0.2 * Double(step))]) }
        let times = run.plans.indices.filter { !run.plans[$0].crops.isEmpty }
        let intervals = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(times.count < 12)
        #expect(intervals == intervals.sorted())
    }

    @Test func motionInWhichNothingIsFoundIsInspectedLessAndLessOften() {
        var run = Run()
        let leaves = Self.box(800, 400, 80, 60)
        for _ in 0..<50 { run.plan(motion: [leaves]) }
        #expect((5...9).contains(inspections(run, at: leaves)))
        #expect(run.plans.suffix(11).contains { !$0.crops.isEmpty }, "but it is never forgotten")
    }

    @Test func objectsThatMoveAreNotHeldUpByLeaves() {
        var run = Run()
        let leaves = (0..<8).map { Self.box(200 + 200 * Double($0), 100, 40, 40) }
        let box = Self.box(800, 700, 60, 120)
        for _ in 0..<50 { run.plan(motion: leaves + [box], objects: [PredictedObject(number: 0, box: box)]) }
        #expect(inspections(run, at: box) >= 45)
        for leaf in leaves { #expect(inspections(run, at: leaf) >= 3) }
    }

    @Test func moreObjectsThanTheBudgetTakeTurns() {
        var run = Run()
        let boxes = (0..<6).map { Self.box(100 + 300 * Double($0), 500, 60, 120) }
        let objects = boxes.enumerated().map { PredictedObject(number: $0, box: $1) }
        for _ in 0..<60 { run.plan(motion: boxes, objects: objects) }
        for box in boxes { #expect((19...21).contains(inspections(run, at: box))) }
        #expect(run.plans.allSatisfy { $0.crops.count == 2 })
    }

    // MARK: - Properties

    @Test func everyCropIsASquareInTheFrameAndWithinTheBudget() {
        var random = SplitMix64(state: 7)
        for round in 0..<60 {
            let frame = PixelSize(
                width: Int.random(in: 96...2000, using: &random), height: Int.random(in: 96...2000, using: &random))
            let budget = round % 5
            var planner = CropPlanner(settings: CropSettings(budget: budget))
            var again = planner
            for step in 0..<30 {
                let motion = (0..<round % 7).map { _ in anyBox(&random) }
                let objects = (0..<round % 4).map { PredictedObject(number: $0, box: anyBox(&random)) }
                let time = 0.2 * Double(step)
                let plan = planner.plan(frame: frame, motion: motion, objects: objects, at: time)
                check(plan, frame, budget)
                #expect(again.plan(frame: frame, motion: motion, objects: objects.reversed(), at: time) == plan)
            }
        }
    }

    private func check(_ plan: CropPlan, _ frame: PixelSize, _ budget: Int) {
        #expect(plan.crops.count <= budget)
        #expect(Set(plan.crops).count == plan.crops.count)
        for crop in plan.crops {
            #expect(crop.left >= 0 && crop.top >= 0 && crop.left % 2 == 0 && crop.top % 2 == 0)
            #expect(crop.left + crop.side <= frame.width && crop.top + crop.side <= frame.height)
            #expect(crop.side >= CropRule().leastSide && crop.side % CropRule.alignment == 0)
            #expect(abs(crop.box.width * Double(frame.width) - crop.box.height * Double(frame.height)) < 1e-9)
        }
    }

    private func anyBox(_ random: inout SplitMix64) -> BoundingBox {
        let size = Double(random.fraction()) * Double(random.fraction())
        return BoundingBox(
            x: Double(random.fraction()) * 1.2 - 0.1, y: Double(random.fraction()) * 1.2 - 0.1, width: size * 0.7,
            height: size)
    }

    @Test func placesThatAreNoNumbersAreIgnored() {
        var run = Run()
        let wrong = [
            BoundingBox(x: .nan, y: 0, width: 0.1, height: 0.1), BoundingBox(x: 0, y: 0, width: .infinity, height: 0.1),
            BoundingBox(x: 2, y: 2, width: 0.1, height: 0.1), BoundingBox(x: 0.5, y: 0.5, width: 0, height: 0),
        ]
        let objects = wrong.enumerated().map { PredictedObject(number: $0, box: $1) }
        #expect(run.plan(motion: wrong, objects: objects) == CropPlan(hasWholeFrame: true))
    }
}

extension BoundingBox {
    /// The whole frame, with a tolerance.
    fileprivate static let frame = BoundingBox(x: -1e-9, y: -1e-9, width: 1 + 2e-9, height: 1 + 2e-9)
}
