/// Settings of a ``Tracker``. All times are in seconds, so that they hold at every frame rate.
package struct TrackerSettings: Equatable, Sendable {
    /// Score from which a detection starts a track, and takes part in the first association.
    package var highScore = 0.4
    /// Score from which a detection continues a track (second association of ByteTrack, Zhang et al. 2022).
    package var lowScore = 0.1
    /// Time from the first detection to the last from which a track is confirmed.
    package var confirmationTime = 0.3
    /// Number of detections from which a track is confirmed, when the time has passed as well.
    package var confirmationDetections = 2
    /// Time without a detection after which an unconfirmed track ends.
    package var unconfirmedMissTime = 0.6
    /// Time without a detection after which a confirmed track ends.
    package var missTime = 2.0
    /// Time without a detection after which a track that has been seen for ``settledTime`` ends.
    package var settledMissTime = 10.0
    /// Time from the first detection to the last after which an object counts as settled.
    package var settledTime = 30.0
    /// Time for which low scores alone continue a track: a ghost ends, which the detector sees where an object was.
    package var lowScoreTime = 3.0
    /// The same for a settled object, whose score may be low for long.
    package var settledLowScoreTime = 60.0
    /// Part of its size by which a box grows on each side before it is compared (Yang et al. 2023, buffered IoU).
    package var margin = 0.2
    /// Least IoU of the grown boxes at which a detection belongs to a track.
    package var minimumOverlap = 0.2
    /// The same for a low score. It has to fit well: it is often another part of the scene (ByteTrack has 0.5, too).
    package var lowScoreMinimumOverlap = 0.5
    /// Cost of a detection with another label than the track has, in units of IoU.
    package var labelCost = 0.3
    /// Largest ratio of the areas of a detection and of a track that it belongs to.
    package var maximumAreaRatio = 5.0
    /// The same for a low score.
    package var lowScoreMaximumAreaRatio = 2.0
    /// IoU with a detection that belongs to a track, from which another detection of the sample is a duplicate.
    package var duplicateOverlap = 0.6
    /// Common area with a detection that belongs to a track, as a fraction of the smaller one, from which a detection with a
    /// low score is another view of the same object.
    package var partOverlap = 0.6
    /// Standard deviations of the motion filter.
    package var noise = MotionNoise()
    /// Largest number of tracks.
    package var maximumTracks = 512
    /// Largest number of detections of a sample. Those with the highest scores are used.
    package var maximumDetections = 256

    package init() {}
}
