import Capture
import Events

/// Outputs that need the pixels of the sampled frames: images of objects, and an annotated video.
package struct FrameOutputs: Sendable {
    package var snapshots: SnapshotWriter?
    package var video: AnnotatedVideo?

    package init(snapshots: SnapshotWriter? = nil, video: AnnotatedVideo? = nil) {
        self.snapshots = snapshots
        self.video = video
    }

    package static let none = FrameOutputs()

    /// Whether there is no output.
    var isEmpty: Bool { snapshots == nil && video == nil }

    /// Copies the frame of a sample if an output needs it.
    ///
    /// - Parameter isStill: whether it shows what the last sample showed.
    /// - Returns: `nil` if none does, or if there is no memory for it: images may be lost, events not.
    func copy(_ frame: Frame, isStill: Bool = false) -> FrameCopy? {
        guard video != nil || (snapshots?.isOn == true && !isStill) else { return nil }
        return try? FrameCopy(frame)
    }

    /// Gives a sample to the outputs.
    ///
    /// - Parameters:
    ///   - region: index of the region among those of its source.
    ///   - scene: what is known after this sample.
    func take(_ frame: FrameCopy?, region: Int = 0, _ scene: @autoclosure () -> Scene) {
        guard let frame else { return }
        let scene = scene()
        snapshots?.take(frame, scene)
        video?.take(frame, region: region, scene)
    }

    /// Adds the names of their images to events.
    func named(_ events: [AnalysisEvent]) -> [AnalysisEvent] {
        guard let snapshots else { return events }
        return events.map { event in
            guard case .object(var object) = event else { return event }
            object.snapshot = snapshots.name(of: object.id, isLast: event.isEnd)
            return .object(object)
        }
    }
}
