import Capture
import Events

/// Report of a camera, as text or JSON.
enum CameraReport {
    // MARK: - Text

    /// Returns lines with the camera, its stable links, and a table of its formats.
    static func lines(_ camera: Camera) -> [String] {
        let names = [camera.card, camera.driver, camera.bus].filter { !$0.isEmpty }
        var lines = [camera.device + (names.isEmpty ? "" : "  " + names.joined(separator: ", "))]
        lines += (camera.linksByID + camera.linksByPath).map { "  " + $0 }
        if let complaint = camera.complaint { lines.append("  cannot be used: \(complaint)") }
        let rows = camera.formats.flatMap(rows)
        return lines + Output.table(rows)
    }

    private static func rows(_ format: V4L2Format) -> [[String]] {
        let name = ["  " + format.code.description, format.name]
        guard !format.sizes.isEmpty else { return [name] }
        return format.sizes.enumerated().map { index, sizes in
            (index == 0 ? name : ["", ""]) + [text(sizes), text(sizes.rates)].filter { !$0.isEmpty }
        }
    }

    private static func text(_ sizes: V4L2Sizes) -> String {
        guard sizes.smallest != sizes.largest else { return sizes.smallest.description }
        let isContinuous = sizes.step == PixelSize(width: 1, height: 1)
        return "\(sizes.smallest) to \(sizes.largest)" + (isContinuous ? "" : " in steps of \(sizes.step)")
    }

    private static func text(_ rates: V4L2Rates) -> String {
        switch rates {
        case .listed([]): ""
        case .listed(let intervals): intervals.map { text($0.rate) }.joined(separator: ", ") + " fps"
        case .range(let slowest, let fastest): "\(text(slowest.rate)) to \(text(fastest.rate)) fps"
        }
    }

    private static func text(_ rate: Double) -> String {
        rate == rate.rounded() ? decimals(rate, 0) : decimals(rate, 2)
    }

    // MARK: - JSON

    static func line(_ camera: Camera) -> JSONLine {
        var line = JSONLine()
        line.add("device", camera.device)
        line.add("by_id", camera.linksByID)
        line.add("by_path", camera.linksByPath)
        if !camera.driver.isEmpty {
            line.add("driver", camera.driver)
            line.add("card", camera.card)
            line.add("bus", camera.bus)
        }
        line.add("error", camera.complaint)
        line.add("formats", camera.formats.map(object))
        return line
    }

    private static func object(_ format: V4L2Format) -> JSONLine {
        var line = JSONLine()
        line.add("format", format.code.description)
        line.add("name", format.name)
        line.add("sizes", format.sizes.map(object))
        return line
    }

    private static func object(_ sizes: V4L2Sizes) -> JSONLine {
        var line = JSONLine()
        line.add("width", sizes.smallest.width)
        line.add("height", sizes.smallest.height)
        if sizes.smallest != sizes.largest {
            line.add("max_width", sizes.largest.width)
            line.add("max_height", sizes.largest.height)
            line.add("step_width", sizes.step.width)
            line.add("step_height", sizes.step.height)
        }
        switch sizes.rates {
        case .listed(let intervals):
            line.add("rates", intervals.map(\.rate), decimals: 3)
        case .range(let slowest, let fastest):
            line.add("min_rate", slowest.rate, decimals: 3)
            line.add("max_rate", fastest.rate, decimals: 3)
        }
        return line
    }
}
