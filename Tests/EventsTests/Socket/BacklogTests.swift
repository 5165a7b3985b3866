import Testing

@testable import Events

@Suite(.timeLimit(.minutes(10))) struct BacklogTests {
    @Test func theLastRecordsAreKept() {
        var backlog = Backlog(lines: 10)
        #expect(backlog.firstSequence == nil)
        for number in 1...10 { backlog.append(Fixture.line(number * 2)) }
        #expect(!backlog.hasDropped)
        for number in 11...25 { backlog.append(Fixture.line(number * 2)) }
        #expect(backlog.hasDropped)
        #expect(backlog.firstSequence == 32)
        #expect((backlog.start..<backlog.end).map { backlog[$0].sequence } == (16...25).map { $0 * 2 })
        #expect(backlog.position(after: 0) == backlog.start)
        #expect(backlog.position(after: 31) == backlog.start)
        #expect(backlog.position(after: 32) == backlog.start + 1)
        #expect(backlog.position(after: 50) == backlog.end)
        #expect(backlog.position(after: 1000) == backlog.end)
    }

    @Test func theSizeIsLimited() {
        // Five records of the maximum average size.
        var backlog = Backlog(lines: 5)
        for number in 1000..<1100 {
            let line = Fixture.line(number, filler: 2000)
            let start = backlog.start(afterAdding: line)
            backlog.append(line)
            #expect(backlog.start == start)
        }
        #expect(backlog.end - backlog.start == 2)
        // A record above the limit of the size is kept alone.
        backlog.append(Fixture.line(1100, filler: 10_000))
        #expect(backlog.end - backlog.start == 1)
        #expect(backlog.firstSequence == 1100)
    }

    @Test func theLastRecordsThatPassAFilter() {
        var backlog = Backlog(lines: 100)
        for number in 1...30 {
            backlog.append(Fixture.line(number, source: number.isMultiple(of: 10) ? "yard" : "door"))
        }
        let yard = EventFilter(sources: ["yard"])
        #expect(backlog.position(ofLast: 2, yard) == 19)
        #expect(backlog.position(ofLast: 3, yard) == 9)
        #expect(backlog.position(ofLast: 4, yard) == nil)
        #expect(backlog.position(ofLast: 0, yard) == 30)
        #expect(backlog.position(ofLast: 30, EventFilter()) == 0)
    }
}
