/// JSON line with the highest scores of one sample. Explains how events came about.
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

    package init(
        time: Timestamp, media: Double, source: String, region: String, model: String,
        scores: [(label: String, score: Double)]
    ) {
        self.time = time
        self.media = media
        self.source = source
        self.region = region
        self.model = model
        self.scores = scores
    }

    /// The sample as a JSON line.
    package var line: JSONLine {
        var line = JSONLine()
        line.add("v", 1)
        line.add("time", time.description)
        line.add("source", source)
        line.add("region", region)
        line.add("media", media, decimals: 3)
        line.add(
            "scores",
            scores.map { entry in
                var score = JSONLine()
                score.add("label", entry.label)
                score.add("score", entry.score, decimals: 4)
                return score
            })
        line.add("model", model)
        return line
    }
}
