import Basics
import Events
import Watch
import Yams

/// Keys of objects: zones, lines and masks. They stand in a source and in the defaults.
extension Keys {
    enum Objects {
        static let crops = Key(
            "crops", ValueParser.integer(0...CropSettings.most).or("off", 0),
            "Most crops of each frame that are inspected at full resolution. They follow motion and objects, and find small "
                + "ones that the network misses in the whole frame. Each takes as long as the whole frame. A model that "
                + "detects no objects ignores it.")
        static let zones = SectionKey(
            "zones", values: "off, or a mapping of names to zones", initial: "off",
            "Zones of the frame. Objects that enter or leave one are events. They need a model that detects objects.")
        static let zone = SectionKey("*", values: "a mapping with \"points\"", "A zone.")
        static let points = Key(
            "points", .corners,
            "The corners of the zone, in normalized coordinates from the upper left corner. Required.")
        static let inertia = Key(
            "inertia", .duration(0...3600),
            "How long an object must be inside before it has entered, and outside before it has left.")
        static let loitering = Key(
            "loitering", ValueParser.duration(0.1...86_400).optional("off"),
            "An object that stays in the zone for this long is loitering, which is an event.")
        static let labels = Key<[String]>(
            "labels", .labelList(or: "all"), "Labels and groups that count. The others are ignored here.")
        static let anchor = Key(
            "anchor", ValueParser<ObjectAnchor>.cases(),
            "The point of an object's bounding box that is its place. `bottom` is where a person stands.")

        static let lines = SectionKey(
            "lines", values: "off, or a mapping of names to lines", initial: "off",
            "Lines whose crossings are events and are counted. They need a model that detects objects.")
        static let line = SectionKey("*", values: "a mapping with \"from\" and \"to\"", "A line from A to B.")
        static let from = Key("from", .point, "Point A: [x, y] in normalized coordinates. Required.")
        static let to = Key("to", .point, "Point B: [x, y] in normalized coordinates. Required.")
        static let toRight = Key(
            "to_right", .directionName,
            "The name of a crossing to the right-hand side, as seen on the image when going from A to B.")
        static let toLeft = Key("to_left", .directionName, "The name of a crossing to the left-hand side.")

        static let masks = SectionKey(
            "object_masks", values: "off, or a mapping of names to masks", initial: "off",
            "Areas in which no object is reported. The place of an object is the middle of the lower edge of its "
                + "bounding box.")
        static let mask = Key(
            "*", .corners, "The corners of a mask, in normalized coordinates from the upper left corner.")
    }
}

extension ValueParser where Value == [Point] {
    /// Parser of a polygon's corners. Whether they make a polygon is checked afterwards, so that messages can say what
    /// is wrong with it.
    fileprivate static var corners: ValueParser {
        ValueParser(wanted: "a list of at least three points, such as [[0, 0], [0.2, 0], [0.2, 1]]") { node in
            guard case .sequence(let list) = node else { return nil }
            let points = list.compactMap { ValueParser<Point>.point.read($0) }
            return points.count == list.count ? points : nil
        }
    }
}

extension ValueParser where Value == Point {
    fileprivate static var point: ValueParser {
        ValueParser(wanted: "two numbers from 0 to 1: [x, y]") { node in
            ValueParser<[Double]>.numbers(2, "").read(node).map { Point(x: $0[0], y: $0[1]) }
        }
    }
}

extension ValueParser where Value == String {
    fileprivate static var directionName: ValueParser {
        .scalar("a name of up to 64 letters, digits, '-', '_' and '.'", text: { $0 }) { Names.isName($0) ? $0 : nil }
    }
}
