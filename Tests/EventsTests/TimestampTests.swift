import Testing

@testable import Events

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_795_382_223_412, "2026-11-22T21:17:03.412Z"), (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
    ])
    func timesArePrintedInUTC(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test func secondsAreRoundedToMilliseconds() {
        let start = Timestamp(milliseconds: 1000)
        #expect(start.advanced(by: 0.0004).milliseconds == 1000)
        #expect(start.advanced(by: 0.0006).milliseconds == 1001)
        #expect(start.advanced(by: -2.5).milliseconds == -1500)
    }
}
