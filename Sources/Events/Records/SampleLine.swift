import Basics

/// JSON line with the highest scores of one sample, or with its detections. Explains how events came about.
package struct SampleLine {
    /// Number of scores in a line.
    package static let scoreCount = 5

    /// Wall-clock time in UTC.
    package var time: Timestamp
    /// Seconds by the time stamps of the source.
    package var media: Double
    /// Name of the source in event records.
    package var source: String
    /// Name of the region.
    package var region: String
    /// Name of the network.
    package var model: String
    /// Labels and scores, the highest first.
    package var scores: [(label: String, score: Double)]
    /// Objects of a detector; `nil` for a classifier.
    package var detections: [Detection]?

    /// Object in a sample line.
    package struct Detection: Sendable {
        package var label: String
        package var score: Double
        package var box: BoundingBox

        package init(label: String, score: Double, box: BoundingBox) {
            self.label = label
            self.score = score
            self.box = box
        }
    }

    package init(
        time: Timestamp, media: Double, source: String, region: String, model: String,
        scores: [(label: String, score: Double)] = [], detections: [Detection]? = nil
    ) {
        self.time = time
        self.media = media
        self.source = source
        self.region = region
        self.model = model
        self.scores = scores
        self.detections = detections
    }

    /// The sample as a JSON line.
    package var line: JSONLine {
        var line = JSONLine()
        line.add("v", 1)
        line.add("time", time.description)
        line.add("source", source)
        line.add("region", region)
        line.add("media", media, decimals: 3)
        if let detections {
            line.add("detections", detections.map(Self.line))
        } else {
            line.add("scores", scores.map { Self.line($0.label, $0.score) })
        }
        line.add("model", model)
        return line
    }

    private static func line(_ label: String, _ score: Double) -> JSONLine {
        var line = JSONLine()
        line.add("label", label)
        line.add("score", score, decimals: 4)
        return line
    }

    private static func line(_ detection: Detection) -> JSONLine {
        var line = line(detection.label, detection.score)
        let box = detection.box
        line.add("box", [box.x, box.y, box.width, box.height], decimals: 4)
        return line
    }
}
