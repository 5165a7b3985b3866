/// Offsets of buffers in one workspace. Buffers with overlapping lifetimes never share memory.
///
/// Buffers are placed in descending order of size, each at the lowest offset that is free during its lifetime: "greedy
/// by size" of Pisarchyk & Lee, "Efficient memory management for deep neural net inference" (2020).
///
/// All sizes and offsets count elements: floats, or bytes in quantized plans.
struct MemoryPlan {
    /// Size and lifetime of a buffer.
    struct Request {
        /// Number of elements.
        var size: Int
        /// Step that writes the buffer.
        var first: Int
        /// Last step that reads the buffer.
        var last: Int
    }

    /// Offset of each request.
    private(set) var offsets: [Int]
    /// Size of the workspace.
    private(set) var size = 0
    /// Range of the workspace that each request may access, including the slack behind it.
    let ranges: [Range<Int>]

    /// - Parameters:
    ///   - requests: the buffers.
    ///   - alignment: alignment of the offsets.
    ///   - slack: number of elements that loops may read behind a request.
    ///   - page: size of a page, if requests must not share memory: see ``apart(_:slack:page:)``.
    init(_ requests: [Request], alignment: Int, slack: Int = 0, page: Int? = nil) {
        (offsets, size) =
            page.map { Self.apart(requests, slack: slack, page: $0) } ?? Self.compact(requests, alignment, slack: slack)
        ranges = zip(offsets, requests).map { $0..<$0 + $1.size + slack }
    }

    /// Gives every request its own pages. A request with its slack ends at the end of a page, and an unused page follows.
    /// An unused page also precedes the first request.
    private static func apart(_ requests: [Request], slack: Int, page: Int) -> ([Int], Int) {
        var end = page
        let offsets = requests.map { request in
            let used = request.size + slack
            end += (used + page - 1) / page * page + page
            return end - page - used
        }
        return (offsets, end)
    }

    /// Lets requests with disjoint lifetimes share memory.
    ///
    /// The slack behind a request is free during its lifetime: another thread might write there while a loop reads it.
    private static func compact(_ requests: [Request], _ alignment: Int, slack: Int) -> ([Int], Int) {
        let requests = requests.map { Request(size: $0.size + slack, first: $0.first, last: $0.last) }
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
