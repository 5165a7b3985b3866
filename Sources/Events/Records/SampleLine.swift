/// The highest scores of one sample, for those who want to see what the events were made from.
package struct SampleLine {
    /// How many scores a line has.
    package static let scoreCount = 5

    /// By the calendar.
    package var time: Timestamp
    /// Seconds, by the time stamps of the source.
    package var media: Double
    /// What events call the source.
    package var source: String
    /// The part of the frame.
    package var region: String
    /// The network's name.
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

    /// The sample as a line of JSON.
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
