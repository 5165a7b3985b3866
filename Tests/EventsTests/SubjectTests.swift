import Testing

@testable import Events

/// Which labels are looked for, and which count as one.
@Suite struct SubjectTests {
    static let labels = ["tabby", "lynx", "Persian cat", "cab", "crane", "crane"]

    @Test func withoutRulesEveryLabelIsLookedFor() throws {
        let subjects = try SubjectRules().subjects(for: Self.labels)
        #expect(subjects.map(\.classes) == [[0], [1], [2], [3], [4], [5]])
        #expect(subjects.allSatisfy { $0.group == nil })
    }

    @Test func onlyAllowedLabelsAreLookedForIfThereAreAny() throws {
        var rules = SubjectRules()
        rules.allowed = ["cab", "TABBY"]
        #expect(try rules.subjects(for: Self.labels).map(\.classes) == [[0], [3]])
    }

    @Test func ignoredLabelsAreNotLookedFor() throws {
        var rules = SubjectRules()
        rules.ignored = ["lynx", "crane"]
        #expect(try rules.subjects(for: Self.labels).map(\.classes) == [[0], [2], [3]])
        rules.allowed = ["lynx", "cab"]
        #expect(try rules.subjects(for: Self.labels).map(\.classes) == [[3]], "ignored labels are ignored even if allowed")
    }

    @Test func theLabelsOfAGroupCountAsOne() throws {
        var rules = SubjectRules()
        rules.groups = ["cat": ["tabby", "Persian cat"]]
        let subjects = try rules.subjects(for: Self.labels)
        #expect(subjects.map(\.classes) == [[0, 2], [1], [3], [4], [5]])
        #expect(subjects.map(\.group) == ["cat", nil, nil, nil, nil])
        rules.allowed = ["cat"]
        #expect(try rules.subjects(for: Self.labels).map(\.classes) == [[0, 2]])
        rules.ignored = ["tabby"]
        #expect(try rules.subjects(for: Self.labels).map(\.classes) == [[2]])
    }

    @Test func aLabelsOwnThresholdsComeBeforeItsGroups() throws {
        var rules = SubjectRules()
        rules.groups = ["cat": ["tabby", "Persian cat"]]
        rules.overrides = ["cat": Thresholds(enter: 0.6), "tabby": Thresholds(enter: 0.7), "cab": Thresholds(enter: 0.8)]
        let subjects = try rules.subjects(for: Self.labels)
        #expect(subjects[0].thresholds.enter == 0.7)
        #expect(subjects[1].thresholds == Thresholds())
        #expect(subjects[2].thresholds.enter == 0.8)
    }

    @Test func unknownNamesAreReportedWithWhatMayHaveBeenMeant() {
        var rules = SubjectRules()
        rules.allowed = ["taby"]
        expectError(rules, "there is no label or group \"taby\"; did you mean \"tabby\"?")
        rules.allowed = ["cat"]
        expectError(rules, "there is no label or group \"cat\"; did you mean \"cab\", \"persian cat\"?")
        rules.allowed = ["helicopter"]
        expectError(rules, "there is no label or group \"helicopter\"")
        rules.allowed = []
        rules.groups = ["cat": ["tabbby"]]
        expectError(rules, "there is no label or group \"tabbby\"; did you mean \"tabby\"?")
    }

    private func expectError(_ rules: SubjectRules, _ description: String) {
        let error = #expect(throws: UnknownLabel.self) { try rules.subjects(for: Self.labels) }
        #expect(error?.description == description)
    }

    @Test func distancesCountSlipsOfTheFinger() {
        for (a, b, distance) in [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("form", "from", 1)] {
            #expect(editDistance(a, b) == distance)
            #expect(editDistance(b, a) == distance)
        }
    }
}
