import Testing

@testable import Basics

@Suite(.timeLimit(.minutes(10))) struct NearestNamesTests {
    @Test func distancesCountSlipsOfTheFinger() {
        for (a, b, distance) in [
            ("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("form", "from", 1),
        ] {
            #expect(editDistance(a, b) == distance)
            #expect(editDistance(b, a) == distance)
        }
    }

    @Test func theNearestNamesComeFirst() {
        let names: Set = ["tabby cat", "tiger cat", "cart", "car", "dog"]
        #expect(nearestNames(to: "cat", among: names) == ["car", "cart", "tabby cat"])
        #expect(nearestNames(to: "horse", among: names).isEmpty)
        #expect(nearestNames(to: "dgo", among: names, limit: 1) == ["dog"])
    }
}
