import Basics
import Glibc

/// Memory that starts on a cache line and is freed with the object.
///
/// Whoever holds it decides who may touch which part of it when; a plan's is written while the plan
/// is made and only read afterwards, a session's belongs to the session.
final class AlignedMemory<Element: BitwiseCopyable>: @unchecked Sendable {
    /// The size of a cache line, and of the widest vector.
    static var alignment: Int { MemorySource.alignment }

    let base: UnsafeMutablePointer<Element>
    let count: Int
    private let source: MemorySource

    /// Zeroed memory.
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

/// Where plans and sessions get their memory, and how the workspace is shared out.
///
/// Tests use another than the heap, to find layers that touch memory that is not theirs.
struct MemorySource: Sendable {
    /// Returns that many bytes.
    var allocate: @Sendable (Int) -> UnsafeMutableRawPointer
    /// Frees what ``allocate`` returned for that many bytes.
    var deallocate: @Sendable (UnsafeMutableRawPointer, Int) -> Void
    /// Bytes of a page, if every buffer of a workspace gets pages of its own; `nil` if buffers share memory.
    var page: Int?

    /// The size of a cache line, and of the widest vector.
    static let alignment = 64

    static let heap = MemorySource(
        allocate: { Memory.allocate($0, alignment: alignment) }, deallocate: { memory, _ in free(memory) })
}
