/// Gives buffers their places in one workspace, such that two that are needed at the same time never
/// overlap.
///
/// Largest first, each at the lowest place that is free for as long as it is needed: "greedy by size"
/// of Pisarchyk & Lee, "Efficient memory management for deep neural net inference" (2020).
struct MemoryPlan {
    /// A stretch of memory that is needed from one step to another.
    struct Request {
        /// In floats.
        var size: Int
        /// The step that writes it.
        var first: Int
        /// The last step that reads it.
        var last: Int
    }

    /// Where each request lies, in floats.
    private(set) var offsets: [Int]
    /// The size of the workspace, in floats.
    private(set) var size = 0

    /// - Parameters:
    ///   - alignment: every offset is a multiple of it, in floats.
    init(_ requests: [Request], alignment: Int) {
        offsets = [Int](repeating: 0, count: requests.count)
        var placed: [Int] = []
        let order = requests.indices.sorted { (requests[$0].size, $1) > (requests[$1].size, $0) }
        for index in order {
            let request = requests[index]
            let neighbours = placed
                .filter { requests[$0].first <= request.last && request.first <= requests[$0].last }
                .sorted { offsets[$0] < offsets[$1] }
            var offset = 0
            for neighbour in neighbours where offset + request.size > offsets[neighbour] {
                let end = offsets[neighbour] + requests[neighbour].size
                offset = max(offset, (end + alignment - 1) / alignment * alignment)
            }
            offsets[index] = offset
            size = max(size, offset + request.size)
            placed.append(index)
        }
    }
}
