/// Keeps the tasks of a session at fixed places, so that a run only passes pointers.
///
/// Tasks are plain memory: nothing has to be done to them before they are freed with the arena.
final class TaskArena {
    private var places: [UnsafeMutableRawPointer] = []

    deinit { for place in places { place.deallocate() } }

    /// The place of a task, which is valid as long as the arena.
    func keep<Task: BitwiseCopyable>(_ task: Task) -> UnsafePointer<Task> {
        let place = UnsafeMutablePointer<Task>.allocate(capacity: 1)
        place.initialize(to: task)
        places.append(UnsafeMutableRawPointer(place))
        return UnsafePointer(place)
    }
}
