import Capture
import Events

/// A region of a live source's frames, and what is kept of it from one frame to the next.
struct RegionView {
    let region: Region
    /// Its own: it keeps what depends on the size of the region.
    let scaler: Scaler
    var check = DuplicateFrameFilter()
    private let place: Int
    private var number = 0

    /// - Parameter place: among the regions of its source.
    init(_ region: Region, place: Int, fit: Fit) {
        self.region = region
        self.place = place
        scaler = Scaler(fit: fit)
    }

    /// The next frame that is looked at.
    mutating func next(_ time: SampleTime, received: Double) -> LiveSample {
        defer { number += 1 }
        return LiveSample(region: place, number: number, time: time, received: received)
    }
}
