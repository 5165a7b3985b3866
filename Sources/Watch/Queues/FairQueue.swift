/// Whose turn it is: who has had the fewest turns, of those who wait.
///
/// Whoever asks for less than a fair share gets all of it, and the others share the rest evenly (max-min
/// fairness; Bertsekas and Gallager, Data Networks, section 6.5.2). Who asks for more, but was not waiting
/// when it was their turn, does not lose it: turns are counted, as in start-time fair queueing (Goyal, Vin
/// and Cheng, SIGCOMM 1996), where all turns are equally long.
struct FairQueue {
    private struct Waiting {
        var member: Int
        /// How many turns count as had.
        var turns: Double
    }

    /// In the order in which they came.
    private var waiting: [Waiting] = []
    /// How many turns those count as having had who had one, when the next is over.
    private var turns: [Int: Double] = [:]
    /// What whoever is served now counts as having had before.
    private var present = 0.0

    /// How many turns who did not ask for them can have later. It is more than one, because who asks twice
    /// as often as is served may come just after the turn; and not many, because who was away must not keep
    /// the others waiting.
    private static let credit = 2.0

    /// Puts somebody in. Who waits already keeps their place.
    mutating func add(_ member: Int) {
        guard !waiting.contains(where: { $0.member == member }) else { return }
        waiting.append(Waiting(member: member, turns: max(turns[member] ?? present, present - Self.credit)))
    }

    /// Forgets somebody who will not ask again.
    mutating func remove(_ member: Int) {
        waiting.removeAll { $0.member == member }
        turns[member] = nil
    }

    /// Takes the one whose turn it is: of those who had the fewest turns, the one who came first.
    mutating func next() -> Int? {
        guard let index = waiting.indices.min(by: { waiting[$0].turns < waiting[$1].turns }) else { return nil }
        let served = waiting.remove(at: index)
        present = served.turns
        turns[served.member] = served.turns + 1
        return served.member
    }
}
