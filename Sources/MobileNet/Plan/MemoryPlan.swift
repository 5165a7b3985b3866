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
    /// The part of the workspace that each request may use, with the slack behind it.
    let stretches: [Range<Int>]

    /// - Parameters:
    ///   - alignment: every offset is a multiple of it, in floats.
    ///   - slack: how far loops may read behind a request, in floats.
    ///   - page: the length of a page in floats, if requests are not to share memory: see ``apart(_:slack:page:)``.
    init(_ requests: [Request], alignment: Int, slack: Int = 0, page: Int? = nil) {
        (offsets, size) = page.map { Self.apart(requests, slack: slack, page: $0) } ?? Self.compact(requests, alignment)
        if page == nil { size += slack }
        stretches = zip(offsets, requests).map { $0..<$0 + $1.size + slack }
    }

    /// Gives every request pages of its own: what it may use, with the slack, ends with a page, and a page that nobody
    /// may use follows. So does one come before the first.
    private static func apart(_ requests: [Request], slack: Int, page: Int) -> ([Int], Int) {
        var end = page
        let offsets = requests.map { request in
            let used = request.size + slack
            end += (used + page - 1) / page * page + page
            return end - page - used
        }
        return (offsets, end)
    }

    /// Lets requests share memory.
    private static func compact(_ requests: [Request], _ alignment: Int) -> ([Int], Int) {
        var offsets = [Int](repeating: 0, count: requests.count)
        var size = 0
        var placed: [Int] = []
        let order = requests.indices.sorted { (requests[$0].size, $1) > (requests[$1].size, $0) }
        for index in order {
            let request = requests[index]
            let neighbours =
                placed
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
        return (offsets, size)
    }
}
