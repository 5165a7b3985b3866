/// The highest scores of one sample, for those who want to see what the events were made from.
public struct SampleLine {
    /// How many scores a line has.
    public static let scoreCount = 5

    /// By the calendar.
    public var time: Timestamp
    /// Seconds, by the time stamps of the source.
    public var media: Double
    /// What events call the source.
    public var source: String
    /// The part of the picture.
    public var region: String
    /// The network's name.
    public var model: String
    /// Labels and scores, the highest first.
    public var scores: [(label: String, score: Double)]

    public init(
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
    public var line: JSONLine {
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
