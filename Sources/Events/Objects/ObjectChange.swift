/// Change of a tracked object that is an event.
package enum ObjectChange: Equatable, Sendable {
    case started(TrackedObject)
    /// A periodic update of an object that has changed.
    case updated(TrackedObject)
    case ended(TrackedObject, EndReason)
    /// It has entered a zone.
    case entered(TrackedObject, zone: String, at: SampleTime)
    /// It has left a zone after some seconds.
    case left(TrackedObject, zone: String, dwell: Double, at: SampleTime)
    /// It has been in a zone for the loitering time.
    case loitered(TrackedObject, zone: String, dwell: Double, at: SampleTime)
    /// It has crossed a line, in the direction of that name.
    case crossed(TrackedObject, line: String, direction: String, at: SampleTime)
    /// It has stayed at its place for long.
    case stopped(TrackedObject, at: SampleTime)
    /// It moves again.
    case moved(TrackedObject, at: SampleTime)
}

extension ObjectChange {
    /// The object, as it was at the change.
    package var object: TrackedObject {
        switch self {
        case .started(let object), .updated(let object), .ended(let object, _), .entered(let object, _, _),
            .left(let object, _, _, _), .loitered(let object, _, _, _), .crossed(let object, _, _, _),
            .stopped(let object, _), .moved(let object, _):
            object
        }
    }
}
