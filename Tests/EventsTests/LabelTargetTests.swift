import Testing

@testable import Events

/// Selection and grouping of target labels.
@Suite(.timeLimit(.minutes(10))) struct LabelTargetTests {
    static let labels = ["tabby", "lynx", "Persian cat", "cab", "crane", "crane"]

    @Test func withoutRulesEveryLabelIsATarget() throws {
        let targets = try LabelTargetRules().targets(for: Self.labels)
        #expect(targets.map(\.classes) == [[0], [1], [2], [3], [4], [5]])
        #expect(targets.allSatisfy { $0.group == nil })
    }

    @Test func allowedLabelsAreTheOnlyTargets() throws {
        var rules = LabelTargetRules()
        rules.allowed = ["cab", "TABBY"]
        #expect(try rules.targets(for: Self.labels).map(\.classes) == [[0], [3]])
    }

    @Test func ignoredLabelsAreNoTargets() throws {
        var rules = LabelTargetRules()
        rules.ignored = ["lynx", "crane"]
        #expect(try rules.targets(for: Self.labels).map(\.classes) == [[0], [2], [3]])
        rules.allowed = ["lynx", "cab"]
        #expect(
            try rules.targets(for: Self.labels).map(\.classes) == [[3]], "ignored labels are ignored even if allowed")
    }

    @Test func theLabelsOfAGroupCountAsOne() throws {
        var rules = LabelTargetRules()
        rules.groups = ["cat": ["tabby", "Persian cat"]]
        let targets = try rules.targets(for: Self.labels)
        #expect(targets.map(\.classes) == [[0, 2], [1], [3], [4], [5]])
        #expect(targets.map(\.group) == ["cat", nil, nil, nil, nil])
        rules.allowed = ["cat"]
        #expect(try rules.targets(for: Self.labels).map(\.classes) == [[0, 2]])
        rules.ignored = ["tabby"]
        #expect(try rules.targets(for: Self.labels).map(\.classes) == [[2]])
    }

    @Test func thresholdsOfALabelPrecedeThoseOfItsGroup() throws {
        var rules = LabelTargetRules()
        rules.groups = ["cat": ["tabby", "Persian cat"]]
        rules.overrides = [
            "cat": Thresholds(enter: 0.6), "tabby": Thresholds(enter: 0.7), "cab": Thresholds(enter: 0.8),
        ]
        let targets = try rules.targets(for: Self.labels)
        #expect(targets[0].thresholds.enter == 0.7)
        #expect(targets[1].thresholds == Thresholds())
        #expect(targets[2].thresholds.enter == 0.8)
    }

    @Test func unknownNamesAreReportedWithSuggestions() {
        var rules = LabelTargetRules()
        rules.allowed = ["taby"]
        expectError(rules, "there is no label or group \"taby\"; did you mean \"tabby\"?")
        rules.allowed = ["cat"]
        expectError(rules, "there is no label or group \"cat\"; did you mean \"cab\", \"persian cat\"?")
        rules.allowed = ["helicopter"]
        expectError(rules, "there is no label or group \"helicopter\"")
    }

    private func expectError(_ rules: LabelTargetRules, _ description: String) {
        let error = #expect(throws: LabelTargetError.self) { try rules.targets(for: Self.labels) }
        #expect(error?.description == description)
    }

    @Test func ignoringAllTargetsIsAnError() {
        var rules = LabelTargetRules()
        rules.allowed = ["cab", "lynx"]
        rules.ignored = ["LYNX", "cab"]
        expectError(
            rules, "no target label is left: \"ignore\" (LYNX, cab) excludes all of them")
        rules.allowed = []
        rules.ignored = Self.labels
        #expect(throws: LabelTargetError.nothingLeft(ignored: Self.labels)) { try rules.targets(for: Self.labels) }
    }

    // MARK: - Synonyms

    /// As in the metadata of weights.
    static let synonyms = [
        "warplane, military plane", "missile", "projectile, missile", "Cardigan, Cardigan Welsh corgi", "cardigan",
        "jaguar, panther, Panthera onca", "cougar, puma, panther", "no person",
    ]

    @Test(arguments: [
        ("warplane", [0]), ("military plane", [0]), ("MILITARY PLANE", [0]), ("warplane, military plane", [0]),
        ("plane", []), ("missile", [1]), ("projectile", [2]), ("Cardigan", [3]), ("cardigan", [4]), ("CARDIGAN", [4]),
        ("Cardigan Welsh corgi", [3]), ("panther", [5, 6]), ("Puma", [6]), ("person", []), ("", []), (",", []),
    ])
    func aLabelIsFoundByAnySynonym(_ name: String, _ classes: [Int]) {
        #expect(LabelNames(Self.synonyms).classes(of: name) == classes)
    }

    @Test func groupsAndListsAcceptSynonyms() throws {
        var rules = LabelTargetRules()
        rules.groups = ["plane": ["military plane"], "cat": ["panther"]]
        rules.allowed = ["plane", "missile", "puma"]
        rules.ignored = ["Panthera onca"]
        rules.overrides = ["warplane": Thresholds(enter: 0.7)]
        let targets = try rules.targets(for: Self.synonyms)
        #expect(targets.map(\.classes) == [[0], [1], [6]])
        #expect(targets.map(\.group) == ["plane", nil, "cat"])
        #expect(targets[0].thresholds.enter == 0.7)
        rules.allowed = ["warplan"]
        let error = #expect(throws: LabelTargetError.self) { try rules.targets(for: Self.synonyms) }
        #expect(
            error?.description == "there is no label or group \"warplan\"; did you mean \"warplane\"?",
            "the synonym, and not all of them")
    }

    @Test func filtersAcceptSynonyms() {
        let topic = EventTopic(type: "start", source: "door", label: "warplane, military plane", group: "aircraft")
        for (name, passes) in [
            ("military plane", true), ("warplane, military plane", true), ("aircraft", true), ("plane", false),
        ] {
            #expect(EventFilter(labels: [name]).passes(topic) == passes, "\(name)")
        }
    }

    @Test func aLabelInTwoGroupsIsAnError() {
        var rules = LabelTargetRules()
        rules.groups = ["aircraft": ["warplane"], "weapon": ["missile", "military plane"]]
        #expect(throws: LabelTargetError.inTwoGroups(label: "military plane", "aircraft", "weapon")) {
            try rules.targets(for: Self.synonyms)
        }
        rules.groups = ["aircraft": ["warplane", "military plane", "warplane"]]
        #expect(throws: Never.self) { try rules.targets(for: Self.synonyms) }
    }

    // MARK: - Groups for another network

    @Test func labelsThatTheNetworkLacksAreSkippedAndListed() throws {
        let groups = [
            "cat": ["tabby", "tigr cat", "Persian cat"], "car": ["cab", "jeep"], "dog": ["beagle", "pug"],
            "pot": ["wok"],
        ]
        var rules = LabelTargetRules()
        rules.groups = groups
        #expect(try rules.targets(for: Self.labels).compactMap(\.group) == ["cat", "car"])
        let lacking = try #require(MissingLabels(groups, in: LabelNames(Self.labels)))
        #expect(lacking.groups == ["dog"])
        #expect(
            lacking.description
                == "the model does not have \"jeep\" (car), \"tigr cat\" (cat), \"wok\" (pot), any label of the groups dog"
        )
        #expect(MissingLabels(["cat": ["TABBY"]], in: LabelNames(Self.labels)) == nil)
        let slip = try #require(MissingLabels(["cat": ["tabyb", "lynx"]], in: LabelNames(Self.labels)))
        #expect(slip.description == "the model does not have \"tabyb\" (cat; did you mean \"tabby\"?)")
        rules.allowed = ["dog"]
        expectError(rules, "the model has none of the labels of the group \"dog\"")
    }
}
