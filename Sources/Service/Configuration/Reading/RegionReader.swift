import Capture
import Watch
import Yams

/// Reader of regions, tiles, and motion detection with its masks.
struct RegionReader {
    let diagnostics: DiagnosticContext

    func read(_ section: Section, into draft: inout SourceDraft) {
        readMotion(section, into: &draft)
        section.section(
            Keys.Region.regions,
            otherwise: { entry in
                if entry.value.isOff { draft.options.regions.removeAll { $0.area.name != nil } }
                return entry.value.isOff
            },
            { regions in
                for entry in regions.names(most: 256) { readRegion(entry, in: regions, into: &draft) }
            })
        readTiles(section, into: &draft)
        checkNames(section, draft.options.regions)
    }

    // MARK: - Motion

    private func readMotion(_ section: Section, into draft: inout SourceDraft) {
        section.section(
            Keys.Motion.motion,
            otherwise: { entry in
                guard let isOn = ValueParser.flag.read(entry.value) else { return false }
                draft.options.motion.enabled = isOn
                return true
            },
            { motion in
                // Settings of motion detection switch it on.
                if section.place(of: "motion") != nil { draft.options.motion.enabled = true }
                motion.read(Keys.Motion.sensitivity, into: &draft.options.motion.sensitivity)
                motion.read(Keys.Motion.minimumArea, into: &draft.options.motion.minimumArea)
                motion.read(Keys.Motion.heartbeat, into: &draft.options.motion.heartbeat)
                motion.read(Keys.Motion.hold, into: &draft.options.motion.hold)
                readMasks(motion, into: &draft)
            })
    }

    private func readMasks(_ motion: Section, into draft: inout SourceDraft) {
        motion.section(
            Keys.Motion.masks,
            otherwise: { entry in
                if entry.value.isOff { draft.masks = [] }
                return entry.value.isOff
            },
            { masks in
                for entry in masks.names(most: 256) {
                    if let mask = masks.value(entry, Keys.Motion.mask) { draft.setMask(entry.key, mask) }
                }
            })
    }

    // MARK: - Regions

    private func readRegion(_ entry: Section.Entry, in regions: Section, into draft: inout SourceDraft) {
        let known = draft.region(entry.key)
        var rule = known ?? RegionRule(.part(Region(name: entry.key, [0, 0, 1, 1])))
        regions.named(entry, Keys.Region.region) { section in
            var numbers: [Double] = []
            if section.read(Keys.Region.area, into: &numbers) {
                rule.area = .part(Region(name: entry.key, numbers))
            } else if known == nil, section.place(of: "at") == nil {
                diagnostics.refuse(entry.place, "the region \(ShownText.quoted(entry.key)) has no \"at\"")
            }
            DetectionSettingsReader(diagnostics: diagnostics).read(section, into: &rule.changes)
            section.readLabels(Keys.Region.labels, or: "all", into: &rule.labels)
            section.readLabels(Keys.Region.ignore, or: "none", into: &rule.ignore)
            if let problem = rule.regions.first?.problem {
                diagnostics.refuse(section.valuePlace(of: "at") ?? entry.place, problem)
            }
        }
        draft.setRegion(rule)
    }

    private func readTiles(_ section: Section, into draft: inout SourceDraft) {
        var grid = TileGrid(columns: 0, rows: 0)
        var isThere = false
        for case .tiles(let known) in draft.options.regions.map(\.area) { grid = known }
        section.section(
            Keys.Region.tiles,
            otherwise: { entry in
                if entry.value.isOff { draft.options.regions.removeAll { $0.area.name == nil } }
                return entry.value.isOff
            },
            { tiles in
                isThere = section.place(of: "tiles") != nil
                tiles.read(Keys.Region.columns, into: &grid.columns)
                tiles.read(Keys.Region.rows, into: &grid.rows)
                tiles.read(Keys.Region.overlap, into: &grid.overlap)
                let missing = [("columns", grid.columns), ("rows", grid.rows)].filter {
                    $1 == 0 && tiles.place(of: $0) == nil
                }
                for (key, _) in missing where isThere {
                    diagnostics.refuse(tiles.place, "\"tiles\" has no \"\(key)\"")
                }
            })
        if isThere, grid.columns > 0, grid.rows > 0 { draft.setRegion(RegionRule(.tiles(grid))) }
    }

    private func checkNames(_ section: Section, _ rules: [RegionRule]) {
        var seen: Set<String> = []
        for region in rules.flatMap(\.regions) where !seen.insert(region.name).inserted {
            diagnostics.refuse(
                section.place(of: "tiles") ?? section.place(of: "regions") ?? section.place,
                "the region \(ShownText.quoted(region.name)) has the name of a tile")
        }
    }
}

extension Region {
    /// - Parameter numbers: left edge, top edge, width and height.
    fileprivate init(name: String, _ numbers: [Double]) {
        self.init(name: name, x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }
}

extension RegionArea {
    /// Name of a region; `nil` for a grid of tiles.
    var name: String? { if case .part(let region) = self { region.name } else { nil } }
}
