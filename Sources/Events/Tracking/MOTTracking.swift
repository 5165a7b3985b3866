import Basics

/// Runs a ``Tracker`` over detections of the MOT Challenge.
package struct MOTTracking: Sendable {
    /// Tracks with a detection, in the order of the frames.
    private var found: [(frame: Int, track: Track)] = []
    private var confirmed: Set<Int> = []

    package init(of text: MOTText, framesPerSecond: Double, settings: TrackerSettings = TrackerSettings()) {
        var tracker = Tracker(settings: settings)
        for frame in stride(from: 1, through: text.lastFrame, by: 1) {
            let seconds = Double(frame) / framesPerSecond
            let time = SampleTime(monotonic: seconds, media: seconds, wallClock: Timestamp(milliseconds: 0))
            _ = tracker.observe(text.detections[frame] ?? [], at: time)
            for track in tracker.tracks where track.isDetected {
                if track.isConfirmed { confirmed.insert(track.number) }
                found.append((frame, track))
            }
        }
    }

    /// Returns lines `frame,id,x,y,width,height,score,-1,-1,-1`, in pixels of a frame of `width` × `height`.
    ///
    /// A track has a line in each frame with a detection of it, from the frame on in which it is confirmed: so does a
    /// camera report it.
    ///
    /// - Parameter fromFirstDetection: whether it has one in the frames before as well. The file is known to its end.
    package func lines(width: Double, height: Double, fromFirstDetection: Bool = false) -> [String] {
        found.filter { fromFirstDetection ? confirmed.contains($0.track.number) : $0.track.isConfirmed }
            .map { frame, track in
                let box = track.box
                let edges = [box.x * width, box.y * height, box.width * width, box.height * height, track.score]
                return ([String(frame), String(track.number + 1)] + edges.map { String($0) }).joined(separator: ",")
                    + ",-1,-1,-1"
            }
    }
}
