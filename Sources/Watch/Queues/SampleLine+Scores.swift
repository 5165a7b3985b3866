import Events
import MobileNet

extension SampleLine {
    /// The highest of a sample's scores.
    init(scores: [Float], time: Moment, composer: EventComposer) {
        self.init(
            time: time.calendar, media: time.media, source: composer.source, region: composer.region,
            model: composer.model,
            scores: highest(SampleLine.scoreCount, of: scores).map { entry in
                (composer.labels[entry.place], Double(entry.score))
            })
    }
}
