import Testing

@testable import Events

@Suite(.timeLimit(.minutes(10))) struct EventIDTests {
    @Test func theFirstTenLettersAreTheTime() {
        // The example of the ULID specification.
        let id = EventID(time: Timestamp(milliseconds: 1_469_918_176_385), parts: ["a"])
        #expect(id.description.count == 26)
        #expect(id.description.hasPrefix("01ARYZ6S41"))
    }

    @Test func idsSortByTime() {
        let times: [Int64] = [0, 1, 31, 32, 1_000_000, 1_469_918_176_385, 1_469_918_176_386]
        let ids = times.map { EventID(time: Timestamp(milliseconds: $0), parts: ["a"]).description }
        #expect(ids == ids.sorted())
    }

    @Test func identifiersAreReproducibleAndUnique() {
        let time = Timestamp(milliseconds: 1_700_000_000_000)
        var seen: Set<EventID> = []
        for source in 0..<100 {
            for label in 0..<100 {
                let parts = ["source \(source)", "full", "label \(label)"]
                #expect(EventID(time: time, parts: parts) == EventID(time: time, parts: parts))
                seen.insert(EventID(time: time, parts: parts))
            }
        }
        #expect(seen.count == 10_000)
        #expect(EventID(time: time, parts: ["ab", "c"]) != EventID(time: time, parts: ["a", "bc"]))
    }
}
