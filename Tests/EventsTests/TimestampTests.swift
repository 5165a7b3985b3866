import Testing

@testable import Events

@Suite(.timeLimit(.minutes(10))) struct TimestampTests {
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

    @Test(arguments: [
        ("2026-11-22T21:17:03Z", "2026-11-22T21:17:03.000Z"), ("2026-11-22T21:17:03.4126Z", "2026-11-22T21:17:03.413Z"),
        ("2026-11-22T22:17:03+01:00", "2026-11-22T21:17:03.000Z"),
        ("2026-11-22T22:17:03+0100", "2026-11-22T21:17:03.000Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"), ("2000-02-29T23:59:59.9999Z", "2000-03-01T00:00:00.000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"), ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"), ("1582-10-10T00:00:00Z", "1582-10-10T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ])
    func printedTimesAreParsed(_ text: String, _ printed: String) throws {
        #expect(try Timestamp(text: text).description == printed)
    }

    @Test(
        arguments: [
            ("2026-02-30T00:00:00Z", "February 2026 has the days 1 to 28"),
            ("1900-02-29T00:00:00Z", "February 1900 has the days 1 to 28"),
            ("2026-04-31T00:00:00Z", "April 2026 has the days 1 to 30"),
            ("2026-01-00T00:00:00Z", "January 2026 has the days 1 to 31"),
            ("2026-13-01T00:00:00Z", "the month is from 01 to 12"),
            ("2026-11-22T25:61:61Z", "the hour is from 00 to 23"),
            ("2026-11-22T24:00:00Z", "the hour is from 00 to 23"),
            ("2026-11-22T23:61:61Z", "the minute is from 00 to 59"),
            ("2026-11-22T23:59:61Z", "the second is from 00 to 59"),
            ("2026-11-22T12:00:60Z", "the second is from 00 to 59"),
            ("2026-11-22T12:00:00+24:00", "the hour of the offset is from 00 to 23"),
            ("0000-01-01T00:00:00Z", "the year is from 0001 to 9999"),
            ("0001-01-01T00:00:00+01:00", "the year is from 0001 to 9999"),
            ("9999-12-31T23:59:59-01:00", "the year is from 0001 to 9999"),
        ]
            + [
                "", "noon", "2026-11-22", "2026-11-22T21:17:03", "2026-11-22T21:17:03.Z", "2026-11-22T21:17:03ZZ",
                "2026-11-22T21:17:03+1", "+026-11-22T21:17:03Z",
            ]
            .map { ($0, "a time is written as 2026-11-22T21:17:03Z, with Z or an offset like +01:00 at its end") })
    func invalidTimesAreRefused(_ text: String, _ reason: String) {
        #expect(throws: Timestamp.TextError(description: reason)) { try Timestamp(text: text) }
    }

    @Test func everyPrintedTimeCanBeParsed() throws {
        for milliseconds in [Int64.min, -62_167_219_200_000, 253_402_300_800_000, .max] {
            let text = Timestamp(milliseconds: milliseconds).description
            #expect(try Timestamp(text: text).description == text)
        }
        #expect(
            try Timestamp(text: "9999-12-31T23:59:59Z").advanced(by: 1e12).description == "9999-12-31T23:59:59.999Z")
        #expect(try Timestamp(text: "0001-01-01T00:00:00Z").advanced(by: -5).description == "0001-01-01T00:00:00.000Z")
    }
}
