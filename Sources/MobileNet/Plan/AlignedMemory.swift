/// Memory that starts on a cache line and is freed with the object.
///
/// Whoever holds it decides who may touch which part of it when; a plan's is written while the plan
/// is made and only read afterwards, a session's belongs to the session.
final class AlignedMemory<Element: BitwiseCopyable>: @unchecked Sendable {
    /// The size of a cache line, and of the widest vector.
    static var alignment: Int { 64 }

    let base: UnsafeMutablePointer<Element>
    let count: Int

    /// Zeroed memory.
    init(zeroed count: Int) {
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.alignment)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        base = raw.bindMemory(to: Element.self, capacity: max(count, 1))
        self.count = count
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }
}
