import Glibc

@testable import MobileNet

/// Memory between pages that nobody may touch, the last byte right before one: a loop that leaves it ends the process.
///
/// The kernels are compiled without AddressSanitizer, which would not see them.
enum GuardedMemory {
    static let page = 4096

    /// Buffers lie in the workspace as they do in earnest.
    static let compact = MemorySource(allocate: allocate, deallocate: deallocate)
    /// Every buffer of the workspace has pages of its own.
    static let apart = MemorySource(allocate: allocate, deallocate: deallocate, page: page)

    private static func pages(_ bytes: Int) -> Int { (bytes + page - 1) / page * page }

    /// Typed memory begins at a multiple of this, so the last few bytes before the page may belong to nobody.
    private static let alignment = 4

    @Sendable private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        let used = pages(bytes)
        guard let base = mmap(nil, used + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            base != MAP_FAILED
        else { fatalError("no memory for \(bytes) bytes") }
        forbid(base, page)
        forbid(base + page + used, page)
        return base + page + (used - bytes) / alignment * alignment
    }

    @Sendable private static func deallocate(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
        munmap(start(of: memory) - page, pages(bytes) + 2 * page)
    }

    /// The start of the page that a place lies in.
    private static func start(of place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        place - Int(bitPattern: place) % page
    }

    /// Lets nobody touch whole pages from a place on.
    private static func forbid(_ place: UnsafeMutableRawPointer, _ bytes: Int) {
        guard mprotect(place, bytes, PROT_NONE) == 0 else { fatalError("mprotect: errno \(errno)") }
    }

    /// Makes what no stretch of a workspace has untouchable, as far as it is whole pages, and fills the rest of it.
    ///
    /// - Parameters:
    ///   - workspace: of ``apart``.
    ///   - ranges: those that belong to buffers, in bytes.
    /// - Returns: the parts that were filled.
    static func guardGaps(
        of workspace: UnsafeMutableRawBufferPointer, around ranges: [Range<Int>], fill: UInt8
    ) -> [UnsafeMutableRawBufferPointer] {
        var filled: [UnsafeMutableRawBufferPointer] = []
        var end = 0
        for stretch in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            forbid(workspace.baseAddress! + end, page)
            let gap = UnsafeMutableRawBufferPointer(rebasing: workspace[end + page..<stretch.lowerBound])
            gap.initializeMemory(as: UInt8.self, repeating: fill)
            filled.append(gap)
            end = pages(stretch.upperBound)
        }
        forbid(workspace.baseAddress! + end, page)
        return filled
    }
}
