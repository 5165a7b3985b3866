import Basics

/// Binary form of ``SampleRecord``: sections, each with a tag, a length and its contents. Unknown sections are skipped, so that
/// later versions can add some.
enum SampleCoding {
    enum Tag {
        /// Time stamp and jumps.
        static let time: UInt8 = 1
        /// Scores of a classifier.
        static let scores: UInt8 = 2
        /// Objects of a detector.
        static let objects: UInt8 = 3
        /// Searched regions of a detector.
        static let coverage: UInt8 = 4
        /// Scores of the second stage for an object.
        static let classification: UInt8 = 5
        /// Feature vector of an image.
        static let feature: UInt8 = 6
    }

    /// Most classes of a network, and most components of a vector.
    static let mostClasses = 1 << 20

    // MARK: - Writing

    static func bytes(_ record: SampleRecord) -> [UInt8] {
        var writer = BinaryWriter()
        section(Tag.time, &writer) { section in
            section.add(record.media)
            for step in record.steps { section.add(step) }
        }
        switch record.output {
        case .scores(let scores): section(Tag.scores, &writer) { add(scores, to: &$0) }
        case .objects(let objects, let coverage, let classifications):
            section(Tag.objects, &writer) { section in
                for object in objects {
                    section.add(object.label)
                    section.add(object.score)
                    add(object.box, to: &section)
                }
            }
            if let coverage { add(coverage, to: &writer) }
            for classification in classifications { add(classification, to: &writer) }
        }
        for feature in record.features { add(feature, to: &writer) }
        return writer.bytes
    }

    private static func section(_ tag: UInt8, _ writer: inout BinaryWriter, _ body: (inout BinaryWriter) -> Void) {
        var section = BinaryWriter()
        body(&section)
        writer.add(tag)
        writer.add(section.bytes.count)
        writer.add(contentsOf: section.bytes)
    }

    /// Adds the number of classes, then the distance to the class before and the score of each class that has one.
    private static func add(_ scores: [Float], to writer: inout BinaryWriter) {
        writer.add(scores.count)
        var last = -1
        for (index, score) in scores.enumerated() where score != 0 {
            writer.add(index - last)
            writer.add(score)
            last = index
        }
    }

    private static func add(_ box: BoundingBox, to writer: inout BinaryWriter) {
        for value in [box.x, box.y, box.width, box.height] { writer.add(value) }
    }

    private static func add(_ coverage: Coverage, to writer: inout BinaryWriter) {
        section(Tag.coverage, &writer) { section in
            section.add(coverage.hasWholeFrame ? UInt8(1) : 0)
            for crop in coverage.crops { add(crop, to: &section) }
        }
    }

    private static func add(_ classification: ObjectClassification, to writer: inout BinaryWriter) {
        section(Tag.classification, &writer) { section in
            section.add(classification.track)
            section.add(classification.box == nil ? UInt8(0) : 1)
            if let box = classification.box { add(box, to: &section) }
            add(classification.scores, to: &section)
        }
    }

    private static func add(_ feature: SampleFeature, to writer: inout BinaryWriter) {
        section(Tag.feature, &writer) { section in
            section.add(feature.box == nil ? UInt8(0) : 1)
            if let box = feature.box { SampleFeature.steps(box).forEach { section.addBits($0) } }
            section.add(feature.scale)
            section.add(contentsOf: feature.values.map(UInt8.init(bitPattern:)))
        }
    }

    // MARK: - Reading

    /// - Throws: ``FormatError``.
    static func record(_ bytes: ArraySlice<UInt8>) throws(FormatError) -> SampleRecord {
        var reader = BinaryReader(bytes)
        var parts = Parts()
        while !reader.isAtEnd {
            let tag = try reader.byte()
            let length = try reader.integer(atMost: reader.remaining)
            var section = BinaryReader(try reader.take(length))
            switch tag {
            case Tag.time: (parts.media, parts.steps) = (try section.double(), try doubles(&section))
            case Tag.scores: parts.scores = try scores(&section)
            case Tag.objects: parts.objects = try objects(&section)
            case Tag.coverage: parts.coverage = try coverage(&section)
            case Tag.classification: parts.classifications.append(try classification(&section))
            case Tag.feature: parts.features.append(try feature(&section))
            default: break
            }
        }
        return try parts.record()
    }

    private struct Parts {
        var media: Double?
        var steps: [Double] = []
        var scores: [Float]?
        var objects: [ObjectDetection]?
        var coverage: Coverage?
        var classifications: [ObjectClassification] = []
        var features: [SampleFeature] = []

        func record() throws(FormatError) -> SampleRecord {
            guard let media else { throw FormatError("a sample has no time") }
            let output: SampleRecord.Output
            switch (scores, objects) {
            case (let scores?, nil): output = .scores(scores)
            case (nil, let objects?): output = .objects(objects, coverage: coverage, classifications: classifications)
            default: throw FormatError("a sample has no scores or objects")
            }
            return SampleRecord(media: media, steps: steps, output: output, features: features)
        }
    }

    private static func doubles(_ reader: inout BinaryReader) throws(FormatError) -> [Double] {
        var values: [Double] = []
        while !reader.isAtEnd { values.append(try reader.double()) }
        return values
    }

    private static func scores(_ reader: inout BinaryReader) throws(FormatError) -> [Float] {
        var scores = [Float](repeating: 0, count: try reader.integer(atMost: mostClasses))
        var index = -1
        while !reader.isAtEnd {
            index += try reader.integer(atMost: mostClasses)
            guard scores.indices.contains(index) else { throw FormatError("a score has no class") }
            scores[index] = try reader.float()
        }
        return scores
    }

    private static func box(_ reader: inout BinaryReader) throws(FormatError) -> BoundingBox {
        let (x, y, width, height) = (
            try reader.double(), try reader.double(), try reader.double(), try reader.double()
        )
        guard width >= 0, height >= 0 else { throw FormatError("a box has no size") }
        return BoundingBox(x: x, y: y, width: width, height: height)
    }

    private static func optionalBox(_ reader: inout BinaryReader) throws(FormatError) -> BoundingBox? {
        try reader.byte() == 0 ? nil : try box(&reader)
    }

    private static func objects(_ reader: inout BinaryReader) throws(FormatError) -> [ObjectDetection] {
        var objects: [ObjectDetection] = []
        while !reader.isAtEnd {
            let label = try reader.integer(atMost: mostClasses)
            objects.append(ObjectDetection(label: label, score: try reader.double(), box: try box(&reader)))
        }
        return objects
    }

    private static func coverage(_ reader: inout BinaryReader) throws(FormatError) -> Coverage {
        var coverage = Coverage(hasWholeFrame: try reader.byte() != 0)
        while !reader.isAtEnd { coverage.crops.append(try box(&reader)) }
        return coverage
    }

    private static func classification(_ reader: inout BinaryReader) throws(FormatError) -> ObjectClassification {
        let track = try reader.integer()
        let box = try optionalBox(&reader)
        return ObjectClassification(track: track, scores: try scores(&reader), box: box)
    }

    private static func feature(_ reader: inout BinaryReader) throws(FormatError) -> SampleFeature {
        var box: BoundingBox?
        if try reader.byte() != 0 {
            box = try SampleFeature.box { _ throws(FormatError) in try reader.bits(UInt16.self) }
        }
        // The length of the vector follows from its values; it is stored for those who search.
        _ = try reader.float()
        guard reader.remaining <= mostClasses else { throw FormatError("a feature vector is too long") }
        return SampleFeature(box: box, values: try reader.take(reader.remaining).map(Int8.init(bitPattern:)))
    }
}
