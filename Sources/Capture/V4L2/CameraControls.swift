import CV4L2

/// Controls of a camera, as exposure, gain and power-line frequency.
///
/// Names match without regard to case, punctuation and the order of words, because tools spell them differently:
/// "Power Line Frequency" is `power_line_frequency`, and "Auto Exposure" is `exposure_auto`.
package struct CameraControls {
    /// Value of a control.
    package struct Setting: Equatable, Sendable {
        /// Name of the control.
        package var name: String
        /// A number, `on` or `off`, or the name of a menu item.
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    private let device: V4L2Device

    init(_ device: V4L2Device) { self.device = device }

    /// Sets controls in order.
    ///
    /// - Throws: ``SourceError`` for an unknown control or an invalid value, with the valid ones; ``V4L2Failure``.
    func set(_ settings: [Setting]) throws {
        guard !settings.isEmpty else { return }
        let controls = all()
        for setting in settings {
            var control = try find(setting.name, among: controls)
            let name = Self.name(&control)
            guard control.flags & UInt32(V4L2_CTRL_FLAG_READ_ONLY) == 0 else {
                throw SourceError.unreadable("its control \"\(name)\" can only be read")
            }
            var change = v4l2_control(id: control.id, value: try value(setting.value, of: control))
            try device.control("set \"\(name)\" to \(setting.value)", cv4l2_s_ctrl, &change)
        }
    }

    /// Lists the controls that have an integer value.
    private func all() -> [v4l2_queryctrl] {
        var controls: [v4l2_queryctrl] = []
        var control = v4l2_queryctrl()
        control.id = V4L2_CTRL_FLAG_NEXT_CTRL
        while controls.count < 1000, (try? device.control("list controls", cv4l2_queryctrl, &control)) != nil {
            if control.flags & UInt32(V4L2_CTRL_FLAG_DISABLED) == 0, Self.kinds.contains(control.type) {
                controls.append(control)
            }
            control.id |= V4L2_CTRL_FLAG_NEXT_CTRL
        }
        return controls
    }

    private static let kinds = [
        V4L2_CTRL_TYPE_INTEGER, V4L2_CTRL_TYPE_BOOLEAN, V4L2_CTRL_TYPE_MENU, V4L2_CTRL_TYPE_INTEGER_MENU,
        V4L2_CTRL_TYPE_BUTTON, V4L2_CTRL_TYPE_BITMASK,
    ].map(\.rawValue)

    private func find(_ name: String, among controls: [v4l2_queryctrl]) throws -> v4l2_queryctrl {
        let names = controls.map { control in
            var control = control
            return Self.name(&control)
        }
        let index =
            names.firstIndex { Self.letters($0) == Self.letters(name) }
            ?? names.firstIndex { Self.words($0) == Self.words(name) }
        guard let index else {
            throw SourceError.unreadable("it has no control \"\(name)\"; " + Self.suggestion(for: name, among: names))
        }
        return controls[index]
    }

    // MARK: - Values

    private func value(_ text: String, of control: v4l2_queryctrl) throws -> Int32 {
        switch v4l2_ctrl_type(control.type) {
        case V4L2_CTRL_TYPE_BOOLEAN: try switchValue(text, control)
        case V4L2_CTRL_TYPE_MENU, V4L2_CTRL_TYPE_INTEGER_MENU: try choice(text, control)
        case V4L2_CTRL_TYPE_BUTTON: 0
        default: try number(text, control)
        }
    }

    private func switchValue(_ text: String, _ control: v4l2_queryctrl) throws -> Int32 {
        switch text.lowercased() {
        case "on", "true", "yes", "1": return 1
        case "off", "false", "no", "0": return 0
        default: throw refusal(text, control, "on or off")
        }
    }

    private func number(_ text: String, _ control: v4l2_queryctrl) throws -> Int32 {
        let range = "a number from \(control.minimum) to \(control.maximum)"
        guard let number = Int32(text), number >= control.minimum, number <= control.maximum else {
            throw refusal(text, control, range)
        }
        let step = Int64(max(1, control.step))
        guard (Int64(number) - Int64(control.minimum)) % step == 0 else {
            throw refusal(text, control, range + " in steps of \(step)")
        }
        return number
    }

    private func choice(_ text: String, _ control: v4l2_queryctrl) throws -> Int32 {
        let choices = choices(of: control)
        let chosen =
            choices.first { Self.letters($0.name) == Self.letters(text) }
            ?? Int32(text).flatMap { number in choices.first { $0.index == number } }
        guard let chosen else {
            let list = choices.map { "\($0.name) (\($0.index))" }.joined(separator: ", ")
            throw refusal(text, control, "one of: \(list)")
        }
        return chosen.index
    }

    private func choices(of control: v4l2_queryctrl) -> [(index: Int32, name: String)] {
        guard control.minimum <= control.maximum, control.maximum < 1000 else { return [] }
        return (max(0, control.minimum)...max(0, control.maximum)).compactMap { index in
            var item = v4l2_querymenu()
            item.id = control.id
            item.index = UInt32(index)
            // Indices of items that the camera lacks are skipped.
            guard (try? device.control("list choices", cv4l2_querymenu, &item)) != nil else { return nil }
            let isNumber = control.type == V4L2_CTRL_TYPE_INTEGER_MENU.rawValue
            return (index, isNumber ? "\(cv4l2_menu_value(&item))" : String(cString: cv4l2_menu_name(&item)))
        }
    }

    private func refusal(_ text: String, _ control: v4l2_queryctrl, _ wanted: String) -> SourceError {
        var control = control
        return .unreadable("its control \"\(Self.name(&control))\" cannot be \(text); it has to be \(wanted)")
    }

    // MARK: - Names

    private static func name(_ control: inout v4l2_queryctrl) -> String {
        String(cString: cv4l2_control_name(&control))
    }

    /// Returns the letters and digits of a name in lower case.
    private static func letters(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    /// Returns a hint with the three most similar names, as a camera may have fifty.
    private static func suggestion(for name: String, among names: [String]) -> String {
        guard !names.isEmpty else { return "it has none" }
        let wanted = pairs(name)
        let ranked = names.map { existing in
            let found = pairs(existing)
            // Sørensen–Dice coefficient of pairs of letters, 0...1.
            return (existing, 2 * Double(found.intersection(wanted).count) / Double(max(1, found.count + wanted.count)))
        }
        let nearest = ranked.sorted { $0.1 > $1.1 }.prefix(3).map { "\"\($0.0)\"" }
        return "the nearest are " + nearest.joined(separator: ", ")
    }

    private static func pairs(_ name: String) -> Set<String> {
        let letters = letters(name)
        return Set(zip(letters, letters.dropFirst()).map { "\($0)\($1)" })
    }

    /// Returns the words of a name in alphabetical order.
    private static func words(_ name: String) -> [String] {
        name.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init).sorted()
    }
}
