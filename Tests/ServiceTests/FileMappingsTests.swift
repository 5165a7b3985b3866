import Basics
import MobileNet
import Testing

@testable import Service

/// Which memory can be read from files again.
@Suite struct FileMappingsTests {
    @Test(arguments: [
        ("r-xp 00001000 fe:01 12   /usr/bin/lookout", 0, true),
        ("r--p 00000000 fe:01 12   /usr/lib/a file.so", 0, true),
        ("r--p 00000000 fe:01 12   /usr/lib/relocated.so", 4, false),
        ("rw-p 00000000 fe:01 12   /usr/lib/data.so", 0, false),
        ("r--s 00000000 fe:01 12   /usr/lib/shared", 0, false), ("---p 00000000 fe:01 12   /usr/lib/hole.so", 0, false),
        ("r-xp 00000000 00:00 0   [vdso]", 0, false), ("r--p 00000000 00:00 0 ", 0, false),
    ])
    func onlyWhatIsAsInItsFileIsLetGo(_ mapping: String, _ anonymous: Int, _ isUnchanged: Bool) {
        let smaps =
            "7f00a000-7f00c000 \(mapping)\nSize:   8 kB\nRss:   8 kB\nAnonymous:     \(anonymous) kB\nVmFlags: rd mr mw me\n"
        #expect(FileMappings.unchanged(smaps) == (isUnchanged ? [0x7F00_A000..<0x7F00_C000] : []))
        // The one before it has nothing to do with it.
        let other = "7f000000-7f001000 rw-p 00000000 00:00 0 \nAnonymous:   0 kB\n"
        #expect(FileMappings.unchanged(other + smaps).count == (isUnchanged ? 1 : 0))
    }

    /// All tests go on, and they are in such a file.
    @Test func whatIsLetGoOfComesBack() throws {
        let smaps = String(decoding: try Files.read("/proc/self/smaps"), as: UTF8.self)
        #expect(!FileMappings.unchanged(smaps).isEmpty)
        FileMappings.letGo()
        #expect(FileMappings.unchanged("nonsense\n\nAnonymous:\n-\n").isEmpty)
    }
}
