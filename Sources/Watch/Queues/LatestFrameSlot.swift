/// The frames of a live source that wait to be looked at: of each region one, the newest.
struct LatestFrameSlot<Element> {
    private var waiting: [Int: Element] = [:]
    private var turns = FairQueue()

    var isEmpty: Bool { waiting.isEmpty }
    var count: Int { waiting.count }

    /// Puts a frame of a region in. The region keeps its turn if it waits already.
    ///
    /// - Returns: the older one whose place it took.
    mutating func put(_ element: Element, region: Int) -> Element? {
        turns.add(region)
        return waiting.updateValue(element, forKey: region)
    }

    /// Takes the frame of the region whose turn it is.
    mutating func take() -> Element? { turns.next().flatMap { waiting.removeValue(forKey: $0) } }
}

extension LatestFrameSlot: Sendable where Element: Sendable {}
