import Basics
import Events
import Watch
import Yams

/// Reader of zones, lines and object masks.
struct ObjectReader {
    let diagnostics: DiagnosticContext

    /// Most zones, lines or masks of a source. Each object is compared with all of them.
    private static let most = 64

    func read(_ section: Section, into draft: inout SourceDraft) {
        section.read(Keys.Objects.crops, into: &draft.options.crops.budget)
        each(Keys.Objects.zones, of: section, clear: { draft.options.objects.zones = [] }) { zones, entry in
            readZone(entry, in: zones, into: &draft.options.objects)
        }
        each(Keys.Objects.lines, of: section, clear: { draft.options.objects.lines = [] }) { lines, entry in
            readLine(entry, in: lines, into: &draft.options.objects)
        }
        each(Keys.Objects.masks, of: section, clear: { draft.objectMasks = [] }) { masks, entry in
            readMask(entry, in: masks, into: &draft)
        }
    }

    /// Reads a mapping of names, or `off`.
    ///
    /// - Parameters:
    ///   - clear: removes the entries of the defaults; called for `off`.
    ///   - body: reads an entry of the mapping.
    private func each(
        _ key: SectionKey, of section: Section, clear: () -> Void, _ body: (Section, Section.Entry) -> Void
    ) {
        section.section(
            key,
            otherwise: { entry in
                if entry.value.isOff { clear() }
                return entry.value.isOff
            },
            { mapping in
                for entry in mapping.names(most: Self.most) { body(mapping, entry) }
            })
    }

    // MARK: - Zones

    private func readZone(_ entry: Section.Entry, in zones: Section, into options: inout ObjectOptions) {
        let known = options.zones.first { $0.name == entry.key }
        var zone = known ?? Zone(name: entry.key, polygon: Polygon([]))
        zones.named(entry, Keys.Objects.zone) { section in
            var points: [Point] = []
            let isRead = section.read(Keys.Objects.points, into: &points)
            if isRead { zone.polygon = Polygon(points) }
            section.read(Keys.Objects.inertia, into: &zone.inertia)
            section.read(Keys.Objects.loitering, into: &zone.loitering)
            section.readLabels(Keys.Objects.labels, or: "all", into: &zone.labels)
            section.read(Keys.Objects.anchor, into: &zone.anchor)
            if known == nil, section.place(of: "points") == nil {
                diagnostics.refuse(entry.place, "the zone \(ShownText.quoted(entry.key)) has no \"points\"")
            } else if isRead, let problem = zone.problem {
                diagnostics.refuse(
                    section.valuePlace(of: "points") ?? entry.place,
                    "the zone \(ShownText.quoted(entry.key)): \(problem)")
            }
        }
        options.zones.removeAll { $0.name == entry.key }
        if zone.problem == nil { options.zones.append(zone) }
    }

    // MARK: - Lines

    private func readLine(_ entry: Section.Entry, in lines: Section, into options: inout ObjectOptions) {
        let known = options.lines.first { $0.name == entry.key }
        let origin = Point(x: 0, y: 0)
        var line = known ?? CountingLine(name: entry.key, from: origin, to: origin)
        lines.named(entry, Keys.Objects.line) { section in
            let isComplete = [
                section.read(Keys.Objects.from, into: &line.from), section.read(Keys.Objects.to, into: &line.to),
            ]
            section.read(Keys.Objects.toRight, into: &line.toRight)
            section.read(Keys.Objects.toLeft, into: &line.toLeft)
            section.readLabels(Keys.Objects.labels, or: "all", into: &line.labels)
            section.read(Keys.Objects.anchor, into: &line.anchor)
            let missing = ["from", "to"].filter { known == nil && section.place(of: $0) == nil }
            for key in missing {
                diagnostics.refuse(entry.place, "the line \(ShownText.quoted(entry.key)) has no \"\(key)\"")
            }
            guard missing.isEmpty, known != nil || !isComplete.contains(false), let problem = line.problem else {
                return
            }
            let place = ["to", "from", "to_left", "to_right"].lazy.compactMap { section.valuePlace(of: $0) }.first
            diagnostics.refuse(place ?? entry.place, "the line \(ShownText.quoted(entry.key)): \(problem)")
        }
        options.lines.removeAll { $0.name == entry.key }
        if line.problem == nil { options.lines.append(line) }
    }

    // MARK: - Masks

    private func readMask(_ entry: Section.Entry, in masks: Section, into draft: inout SourceDraft) {
        guard let points = masks.value(entry, Keys.Objects.mask) else { return }
        let mask = Polygon(points)
        if let problem = mask.problem { return diagnostics.refuse(entry.value.place, problem) }
        draft.objectMasks.removeAll { $0.name == entry.key }
        draft.objectMasks.append((entry.key, mask))
    }
}
