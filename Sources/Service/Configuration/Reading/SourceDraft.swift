import Capture
import Watch

/// What is known of a source while it is read: first what the defaults say, then what it says itself.
struct SourceDraft {
    var options = SourceOptions()
    /// The areas in which motion does not count, in the order of the file.
    var masks: [(name: String, polygon: Polygon)] = [] {
        didSet { options.motion.masks = masks.map(\.polygon) }
    }

    /// A mask of a name takes the place of one that has it.
    mutating func setMask(_ name: String, _ polygon: Polygon) {
        masks.removeAll { $0.name == name }
        masks.append((name, polygon))
    }

    /// The part of the frame with a name, if there is one.
    func region(_ name: String) -> RegionRule? { options.regions.first { $0.area.name == name } }

    /// A region takes the place of one of the same name, the grid of tiles that of a grid.
    mutating func setRegion(_ rule: RegionRule) {
        if let place = options.regions.firstIndex(where: { $0.area.name == rule.area.name }) {
            options.regions[place] = rule
        } else {
            options.regions.append(rule)
        }
    }

    mutating func setControl(_ setting: CameraControls.Setting) {
        options.camera.controls.removeAll { $0.name == setting.name }
        options.camera.controls.append(setting)
    }
}

extension RegionArea {
    /// The name of a region; `nil` for a grid.
    var name: String? { if case .part(let region) = self { region.name } else { nil } }
}
