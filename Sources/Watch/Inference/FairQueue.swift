/// Fair queue: serves the waiting member that has had the fewest turns.
///
/// A member that asks for less than its fair share gets all of it; the others share the rest evenly (max-min fairness;
/// Bertsekas and Gallager, Data Networks, section 6.5.2). A member that asks for more, but was not waiting when its turn
/// came, does not lose the turn: turns are counted, as in start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996),
/// with turns of equal length. A longer turn counts as several.
struct FairQueue {
    private struct Waiting {
        var member: Int
        /// Number of turns that count as had.
        var turns: Double
    }

    /// In order of arrival.
    private var waiting: [Waiting] = []
    /// For each member that was served, the number of turns it counts as having had once its last turn is over.
    private var turns: [Int: Double] = [:]
    /// Number of turns that the member served last counted as having had before.
    private var present = 0.0

    /// Number of missed turns that a member may catch up. It is above one, because a member that asks twice as often as
    /// it is served may ask just after its turn; and small, because a member that was away must not keep the others
    /// waiting.
    private static let credit = 2.0

    /// Adds a member. A member that waits already keeps its place.
    mutating func add(_ member: Int) {
        guard !waiting.contains(where: { $0.member == member }) else { return }
        waiting.append(Waiting(member: member, turns: max(turns[member] ?? present, present - Self.credit)))
    }

    /// Removes a member for good.
    mutating func remove(_ member: Int) {
        waiting.removeAll { $0.member == member }
        turns[member] = nil
    }

    /// Counts more turns for a member whose last turn takes as long as several.
    mutating func charge(_ more: Int, to member: Int) { turns[member]? += Double(more) }

    /// Takes the member that has had the fewest turns; of several, the one that came first.
    mutating func next() -> Int? {
        guard let index = waiting.indices.min(by: { waiting[$0].turns < waiting[$1].turns }) else { return nil }
        let served = waiting.remove(at: index)
        present = served.turns
        turns[served.member] = served.turns + 1
        return served.member
    }
}
