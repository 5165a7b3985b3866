import Events
import MobileNet

extension SampleLine {
    /// The highest of a sample's scores.
    init(scores: [Float], time: SampleTime, composer: EventComposer) {
        self.init(
            time: time.wallClock, media: time.media, source: composer.source, region: composer.region,
            model: composer.model,
            scores: highest(SampleLine.scoreCount, of: scores).map { entry in
                (composer.labels[entry.place], Double(entry.score))
            })
    }
}
