/// Puts things that come in any order back into the order of their numbers.
struct ReorderBuffer<Element> {
    private var waiting: [Int: Element] = [:]
    private var next = 0

    /// Takes an element.
    ///
    /// - Parameter number: from 0, each once.
    /// - Returns: the elements whose turn it is now.
    mutating func add(_ element: Element, number: Int) -> [Element] {
        waiting[number] = element
        var ready: [Element] = []
        while let element = waiting.removeValue(forKey: next) {
            ready.append(element)
            next += 1
        }
        return ready
    }
}
