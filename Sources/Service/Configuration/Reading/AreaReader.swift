import Capture
import Watch
import Yams

/// Reads where in a frame is looked, and where motion counts.
struct AreaReader {
    let reading: DiagnosticContext

    func read(_ section: Section, into draft: inout SourceDraft) {
        readMotion(section, into: &draft)
        section.section(
            "regions", wanted: "off, or a mapping with the names of regions",
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
        let wanted = "on, off, or a mapping"
        section.section(
            "motion", wanted: wanted,
            otherwise: { entry in
                guard let isOn = ValueParser.flag.read(entry.value) else { return false }
                draft.options.motion.enabled = isOn
                return true
            },
            { motion in
                // Nobody writes down how motion is found to have it not looked for.
                if section.place(of: "motion") != nil { draft.options.motion.enabled = true }
                motion.read("sensitivity", .number(0...1), into: &draft.options.motion.sensitivity)
                motion.read("minimum_area", .number(0...1), into: &draft.options.motion.minimumArea)
                motion.read(
                    "heartbeat", ValueParser.time(0.001...86_400).optional("off"), into: &draft.options.motion.heartbeat
                )
                motion.read("hold", .time(0...86_400), into: &draft.options.motion.hold)
                readMasks(motion, into: &draft)
            })
    }

    private func readMasks(_ motion: Section, into draft: inout SourceDraft) {
        motion.section(
            "masks", wanted: "off, or a mapping with the names of areas",
            otherwise: { entry in
                if entry.value.isOff { draft.masks = [] }
                return entry.value.isOff
            },
            { masks in
                for entry in masks.names(most: 256) {
                    if let mask = reading.value(entry, Self.corners) { draft.setMask(entry.key, mask) }
                }
            })
    }

    private static let corners = ValueParser<Polygon>(
        wanted: "at least three corners with numbers from 0 to 1, as [[0, 0], [0.2, 0], [0.2, 1]]"
    ) { node in
        guard case .sequence(let list) = node else { return nil }
        let points = list.compactMap { ValueParser.numbers(2, "").read($0) }.map { Polygon.Point(x: $0[0], y: $0[1]) }
        let polygon = Polygon(points)
        return points.count == list.count && polygon.problem == nil ? polygon : nil
    }

    // MARK: - Regions

    private func readRegion(_ entry: Section.Entry, in regions: Section, into draft: inout SourceDraft) {
        let known = draft.region(entry.key)
        var rule = known ?? RegionRule(.part(Region(name: entry.key, [0, 0, 1, 1])))
        regions.named(entry, wanted: "a mapping with \"at\"") { section in
            var numbers: [Double] = []
            let hasArea = section.read("at", Self.rectangle, into: &numbers)
            if hasArea { rule.area = .part(Region(name: entry.key, numbers)) }
            if known == nil, section.place(of: "at") == nil {
                reading.refuse(entry.place, "the region \(ShownText.quoted(entry.key)) has no \"at\"")
            }
            DetectionSettingsReader(reading: reading).read(section, into: &rule.changes)
            readLabels(section, "labels", into: &rule.labels)
            readLabels(section, "ignore", into: &rule.ignore)
            if let problem = rule.regions.first?.problem {
                reading.refuse(section.valuePlace(of: "at") ?? entry.place, problem)
            }
        }
        draft.setRegion(rule)
    }

    private func readLabels(_ section: Section, _ key: String, into labels: inout [String]?) {
        let isThere = section.place(of: key) != nil
        var found = labels ?? []
        DetectionSettingsReader(reading: reading).readLabels(section, key, into: &found)
        if isThere { labels = found }
    }

    private static let rectangle = ValueParser.numbers(
        4, "four numbers from 0 to 1: [left edge, upper edge, width, height]")

    private func readTiles(_ section: Section, into draft: inout SourceDraft) {
        var grid = TileGrid(columns: 0, rows: 0)
        var isThere = false
        for case .tiles(let known) in draft.options.regions.map(\.area) { grid = known }
        section.section(
            "tiles", wanted: "off, or a mapping with columns and rows",
            otherwise: { entry in
                if entry.value.isOff { draft.options.regions.removeAll { $0.area.name == nil } }
                return entry.value.isOff
            },
            { tiles in
                isThere = section.place(of: "tiles") != nil
                tiles.read("columns", .count(1...TileGrid.most), into: &grid.columns)
                tiles.read("rows", .count(1...TileGrid.most), into: &grid.rows)
                tiles.read("overlap", .number(0...0.5), into: &grid.overlap)
                let missing = [("columns", grid.columns), ("rows", grid.rows)].filter {
                    $1 == 0 && tiles.place(of: $0) == nil
                }
                for (key, _) in missing where isThere { reading.refuse(tiles.place, "\"tiles\" has no \"\(key)\"") }
            })
        if isThere, grid.columns > 0, grid.rows > 0 { draft.setRegion(RegionRule(.tiles(grid))) }
    }

    private func checkNames(_ section: Section, _ rules: [RegionRule]) {
        var seen: Set<String> = []
        for region in rules.flatMap(\.regions) where !seen.insert(region.name).inserted {
            reading.refuse(
                section.place(of: "tiles") ?? section.place(of: "regions") ?? section.place,
                "the region \(ShownText.quoted(region.name)) has the name of a tile")
        }
    }
}

extension Region {
    /// - Parameter numbers: left edge, upper edge, width and height.
    fileprivate init(name: String, _ numbers: [Double]) {
        self.init(name: name, x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }
}
