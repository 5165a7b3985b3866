import Basics

/// Runs a ``Tracker`` over detections of the MOT Challenge.
package enum MOTTracking {
    /// Returns lines `frame,id,x,y,width,height,score,-1,-1,-1`, in pixels.
    ///
    /// A confirmed track has a line in each frame with a detection of it.
    ///
    /// - Parameter isOnline: whether the frames before the confirmation are left out. A live camera knows a track from its
    ///   confirmation on only; of a recording, all of its frames are known.
    package static func lines(
        of text: MOTText, framesPerSecond: Double, width: Double, height: Double, isOnline: Bool = false,
        settings: TrackerSettings = TrackerSettings()
    ) -> [String] {
        var tracker = Tracker(settings: settings)
        var found: [(frame: Int, track: Track)] = []
        var confirmed: Set<Int> = []
        for frame in stride(from: 1, through: text.lastFrame, by: 1) {
            let seconds = Double(frame) / framesPerSecond
            let time = SampleTime(monotonic: seconds, media: seconds, wallClock: Timestamp(milliseconds: 0))
            _ = tracker.observe(text.detections[frame] ?? [], at: time)
            for track in tracker.tracks where track.isDetected && (track.isConfirmed || !isOnline) {
                found.append((frame, track))
                if track.isConfirmed { confirmed.insert(track.number) }
            }
        }
        return found.filter { confirmed.contains($0.track.number) }.map { frame, track in
            let box = track.box
            let edges = [box.x * width, box.y * height, box.width * width, box.height * height, track.score]
            return ([String(frame), String(track.number + 1)] + edges.map { String($0) }).joined(separator: ",")
                + ",-1,-1,-1"
        }
    }
}
