/// Whose turn it is: everybody who waits is served once before anybody is served twice.
///
/// Whoever asks for less than a fair share gets all of it, and the others share the rest evenly (max-min
/// fairness; Bertsekas and Gallager, Data Networks, section 6.5.2).
struct FairQueue {
    private var waiting: [Int] = []
    private var isWaiting: Set<Int> = []

    /// Puts somebody at the end. Who waits already keeps their place.
    mutating func add(_ member: Int) {
        if isWaiting.insert(member).inserted { waiting.append(member) }
    }

    /// Takes the one whose turn it is.
    mutating func next() -> Int? {
        guard !waiting.isEmpty else { return nil }
        let member = waiting.removeFirst()
        isWaiting.remove(member)
        return member
    }
}
