import Basics
import Glibc

/// Parts of files that the system shows as memory: the program, and its libraries.
enum FileMappings {
    /// Those that are as in their files, by what the kernel says of a process (`/proc/PID/smaps`, proc(5)): nobody may
    /// write to them, and nobody has, not even the loader.
    static func unchanged(_ smaps: String) -> [Range<UInt>] {
        var found: [Range<UInt>] = []
        var candidate: Range<UInt>?
        for line in smaps.split(separator: "\n") {
            if let range = addresses(line) {
                candidate = isOfAFile(line) ? range : nil
            } else if line.hasPrefix("Anonymous:") {
                let words = line.split(separator: " ")
                if let candidate, words.count > 1, words[1] == "0" { found.append(candidate) }
            }
        }
        return found
    }

    /// The program's own memory is let go of, as far as it can be read from files again.
    static func letGo() {
        guard let bytes = try? Files.read("/proc/self/smaps") else { return }
        for range in unchanged(String(decoding: bytes, as: UTF8.self)) {
            _ = madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// `55e0c0a00000-55e0c0b00000 r-xp 00001000 fe:01 1234   /usr/bin/lookout`
    private static func addresses(_ line: Substring) -> Range<UInt>? {
        guard let word = line.split(separator: " ", maxSplits: 1).first, !word.hasSuffix(":") else { return nil }
        let ends = word.split(separator: "-").compactMap { UInt($0, radix: 16) }
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }

    private static func isOfAFile(_ line: Substring) -> Bool {
        let words = line.split(separator: " ", maxSplits: 5)
        return words.count == 6 && ["r-xp", "r--p"].contains(words[1]) && words[5].drop { $0 == " " }.hasPrefix("/")
    }
}
