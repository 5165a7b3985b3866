import Testing

@testable import Events

/// Rotation and retention without files and without a clock.
@Suite(.timeLimit(.minutes(10))) struct LogPolicyTests {
    @Test(
        arguments: [
            // Limits of size and age; the file's size, the line's, the file's age; whether the file is rotated.
            (nil, nil, 1 << 40, 100, 1e9, false),
            (1000, nil, 900, 100, 0, false), (1000, nil, 901, 100, 0, true), (1000, nil, 0, 5000, 0, false),
            (nil, 60, 1, 100, 59.9, false), (nil, 60, 1, 100, 60, true), (nil, 60, 0, 100, 1e6, false),
            (nil, 60, 1, 100, -1e6, false), (1000, 60, 10, 10, 61, true), (1000, 60, 2000, 10, 0, true),
        ] as [(Int?, Double?, Int, Int, Double, Bool)])
    func rotationBySizeAndAge(
        _ size: Int?, _ age: Double?, _ held: Int, _ adding: Int, _ heldAge: Double, _ isDue: Bool
    ) {
        let policy = RotationPolicy(size: size, age: age)
        #expect(policy.isDue(size: held, adding: adding, age: heldAge) == isDue)
    }

    /// Four files of 100 bytes, an hour apart.
    static let files = (1...4).map { RetentionPolicy.File(number: $0, size: 100, age: 3600 * Double($0)) }

    @Test(
        arguments: [
            // keep, maxAge, freeSpace; free space; suffixes of the removed files
            (nil, nil, nil, 0, []), (4, nil, nil, 0, []), (2, nil, nil, 0, [4, 3]), (0, nil, nil, 0, [4, 3, 2, 1]),
            (nil, 7200, nil, 0, [4, 3]), (nil, 0, nil, 0, [4, 3, 2, 1]), (nil, 1e6, nil, 0, []),
            (nil, nil, 500, 500, []), (nil, nil, 500, 499, [4]), (nil, nil, 500, 310, [4, 3]),
            (nil, nil, 500, 0, [4, 3, 2, 1]), (nil, nil, 500, nil, []),
            (3, nil, 500, 400, [4]), (3, 7200, 500, 300, [4, 3]),
        ] as [(Int?, Double?, Int?, Int?, [Int])])
    func retentionByNumberAgeAndSpace(
        _ keep: Int?, _ maxAge: Double?, _ freeSpace: Int?, _ free: Int?, _ filesToDelete: [Int]
    ) {
        let policy = RetentionPolicy(keep: keep, maxAge: maxAge, freeSpace: freeSpace)
        #expect(policy.filesToDelete(Self.files, free: free) == filesToDelete)
        #expect(policy.filesToDelete(Self.files.reversed(), free: free) == filesToDelete)
    }

    @Test func holesInTheSuffixesDoNotCountAsFiles() {
        let files = [1, 5, 9].map { RetentionPolicy.File(number: $0, size: 1, age: 0) }
        #expect(RetentionPolicy(keep: 2).filesToDelete(files, free: nil) == [9])
    }

    @Test(
        arguments: [
            ("events.jsonl.1", 1), ("events.jsonl.12", 12), ("events.jsonl", nil), ("events.jsonl.", nil),
            ("events.jsonl.0", nil), ("events.jsonl.01", nil), ("events.jsonl.+1", nil), ("events.jsonl.-1", nil),
            ("events.jsonl.1.gz", nil), ("events.jsonl.1~", nil), ("xevents.jsonl.1", nil), ("events.jsonlx1", nil),
            ("events.jsonl.99999999999999999999", nil), ("events.jsonl. 1", nil), ("events.jsonl.new", nil),
        ] as [(String, Int?)])
    func onlyCanonicalSuffixesAreRotatedFiles(_ name: String, _ number: Int?) {
        #expect(RotatedFiles.number(of: name, in: "events.jsonl") == number)
    }

    @Test(
        arguments: [
            ([], []), ([1], [1]), ([1, 2, 3], [3, 2, 1]), ([2, 3], []), ([1, 3], [1]), ([1, 2, 4, 5], [2, 1]),
        ] as [([Int], [Int])])
    func renamesStopAtTheFirstHole(_ numbers: [Int], _ moved: [Int]) {
        let shifts = RotatedFiles.shifts(Set(numbers))
        #expect(shifts.map(\.from) == moved)
        #expect(shifts.map(\.to) == moved.map { $0 + 1 })
    }

    private static let day = 86400.0
    /// 2026, and 2099.
    private static let (now, farAhead) = (1_790_000_000.0, 4_080_000_000.0)

    @Test(
        arguments: [
            // days before now, or a time in seconds; now; suffixes of the files older than 30 days
            ([1, 20, 31, 40], now, [4, 3]),
            // A clock in 2099 makes no file old, nor do files written then.
            ([1, 20, 31, 40], farAhead, [4]), ([1, 2, 3, 4], farAhead, []),
            ([(now - farAhead) / day, 1, 20, 40], now, [4]), ([(now - farAhead) / day, 1, 2], farAhead, []),
            // 1970 before the clock is set, and afterwards.
            ([1, 2, 3], 1000, []), ([now / day, 1, 2], now, []), ([], now, []),
            // A machine that was off for half a year.
            ([180, 181], now, [2, 1]),
        ] as [([Double], Double, [Int])])
    func implausibleDatesMakeNoFileOld(_ days: [Double], _ clock: Double, _ filesToDelete: [Int]) {
        let ages = RetentionPolicy.ages(days.map { Self.now - $0 * Self.day }, now: clock)
        let files = ages.enumerated().map { RetentionPolicy.File(number: $0 + 1, size: 1, age: $1) }
        #expect(RetentionPolicy(maxAge: 30 * Self.day).filesToDelete(files, free: nil) == filesToDelete)
    }
}
