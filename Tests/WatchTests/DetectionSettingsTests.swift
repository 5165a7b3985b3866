import Capture
import Events
import Testing

@testable import Watch

@Suite(.timeLimit(.minutes(10))) struct DetectionSettingsTests {
    private static let changes = DetectionSettings.Changes(
        enter: 0.5, leave: 0.2, holdTime: 1, clearDelay: 3, minimumGap: 4, maximumLength: 60)

    @Test func everySettingReachesTheThresholds() {
        var settings = DetectionSettings()
        settings.minimumGap = 5
        settings.maximumLength = 30
        #expect(settings.thresholds.minimumGap == 5)
        #expect(settings.thresholds.maximumLength == 30)
        #expect(settings.applying(.init()) == settings)
        #expect(
            settings.applying(Self.changes).thresholds
                == Thresholds(
                    enter: 0.5, leave: 0.2, holdTime: 1, clearDelay: 3, minimumGap: 4, maximumLength: 60))
    }

    @Test func labelsAndRegionsOverrideThem() throws {
        var settings = DetectionSettings()
        settings.overrides = ["two": Self.changes]
        let targets = try settings.targets(for: ["one", "two"], groups: [:])
        #expect(targets.map(\.thresholds.minimumGap) == [0, 4])
        #expect(targets.map(\.thresholds.maximumLength) == [nil, 60])
        let area = RegionArea.part(Region(name: "door", x: 0, y: 0, width: 1, height: 1))
        let rule = RegionRule(area, changes: Self.changes, labels: ["one"])
        #expect(rule.rules(from: settings).thresholds.maximumLength == 60)
        #expect(rule.rules(from: settings).labels == ["one"])
    }
}
