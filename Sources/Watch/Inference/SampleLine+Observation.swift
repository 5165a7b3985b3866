import Events
import MobileNet

extension SampleLine {
    /// Makes a sample line of the highest scores, or of all objects.
    init(_ observation: Observation, time: SampleTime, names: RegionNames) {
        self.init(
            time: time.wallClock, media: time.media, source: names.source, region: names.region, model: names.model)
        switch observation {
        case .scores(let scores):
            self.scores = highest(SampleLine.scoreCount, of: scores).map { (names.labels[$0.place], Double($0.score)) }
        case .objects(let objects, _):
            detections = objects.map { object in
                Detection(label: names.labels[object.label], score: object.score, box: object.box)
            }
        }
    }
}
