import Basics
import Glibc

/// Memory that starts on a cache line and is freed with the object.
///
/// The owner synchronizes access. The memory of a plan is written while the plan is made, and only read afterwards; the
/// memory of a session belongs to the session.
final class AlignedMemory<Element: BitwiseCopyable>: @unchecked Sendable {
    /// Bytes of a cache line, and of the widest vector.
    static var alignment: Int { MemorySource.alignment }

    let base: UnsafeMutablePointer<Element>
    let count: Int
    private let source: MemorySource

    /// Allocates memory and fills it with zeros.
    init(zeroed count: Int, from source: MemorySource = .heap) {
        let bytes = Self.bytes(count)
        let raw = source.allocate(bytes)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        base = raw.bindMemory(to: Element.self, capacity: max(count, 1))
        self.count = count
        self.source = source
    }

    deinit { source.deallocate(UnsafeMutableRawPointer(base), Self.bytes(count)) }

    private static func bytes(_ count: Int) -> Int { max(count, 1) * MemoryLayout<Element>.stride }
}

/// Allocator of plans and sessions.
///
/// Tests replace the heap to find layers that access memory out of their bounds.
struct MemorySource: Sendable {
    /// Allocates a number of bytes.
    var allocate: @Sendable (Int) -> UnsafeMutableRawPointer
    /// Frees memory that ``allocate`` returned, with its number of bytes.
    var deallocate: @Sendable (UnsafeMutableRawPointer, Int) -> Void
    /// Bytes of a page, if every buffer of a workspace gets its own pages; `nil` if buffers share memory.
    var page: Int?

    /// Bytes of a cache line, and of the widest vector.
    static let alignment = 64

    static let heap = MemorySource(
        allocate: { Memory.allocateStreamed($0, alignment: alignment) }, deallocate: { memory, _ in free(memory) })
}

/// Keeps the tasks of a session at fixed addresses, so that a run only passes pointers.
///
/// Tasks are plain memory: they need no deinitialization before the arena frees them.
final class TaskArena {
    private var allocations: [UnsafeMutableRawPointer] = []

    deinit { for allocation in allocations { allocation.deallocate() } }

    /// Copies a task into the arena. The pointer is valid as long as the arena.
    func keep<Task: BitwiseCopyable>(_ task: Task) -> UnsafePointer<Task> {
        let pointer = UnsafeMutablePointer<Task>.allocate(capacity: 1)
        pointer.initialize(to: task)
        allocations.append(UnsafeMutableRawPointer(pointer))
        return UnsafePointer(pointer)
    }
}
