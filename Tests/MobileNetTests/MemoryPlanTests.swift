import Testing

@testable import MobileNet

@Suite(.timeLimit(.minutes(20))) struct MemoryPlanTests {
    @Test func buffersThatAreNeededAtTheSameTimeNeverOverlap() {
        var random = SplitMix(seed: 1)
        for _ in 0..<200 {
            let requests = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                let first = Int.random(in: 0..<40, using: &random)
                return MemoryPlan.Request(
                    size: Int.random(in: 1...1000, using: &random), first: first,
                    last: first + Int.random(in: 0..<10, using: &random))
            }
            let plan = MemoryPlan(requests, alignment: 16)
            for (i, a) in requests.enumerated() {
                #expect(plan.offsets[i].isMultiple(of: 16))
                #expect(plan.offsets[i] + a.size <= plan.size)
                for (j, b) in requests.enumerated() where i < j && a.first <= b.last && b.first <= a.last {
                    let apart =
                        plan.offsets[i] + a.size <= plan.offsets[j] || plan.offsets[j] + b.size <= plan.offsets[i]
                    #expect(apart)
                }
            }
        }
    }

    @Test func memoryIsUsedAgain() {
        let chain = (0..<10).map { MemoryPlan.Request(size: 160, first: $0, last: $0 + 1) }
        #expect(MemoryPlan(chain, alignment: 16).size == 320)
    }
}
