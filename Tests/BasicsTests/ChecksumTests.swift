import Foundation
import Testing

@testable import Basics

@Suite(.timeLimit(.minutes(10))) struct ChecksumTests {
    /// The examples of FIPS 180-4, as NIST publishes them.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func sumsAreThoseOfTheStandard(_ text: String, _ sum: String) throws {
        #expect(Checksum.of(Array(text.utf8)) == sum)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try Checksum.ofFile(path) == sum)
    }

    @Test func aMillionLettersHaveTheSumOfTheStandard() {
        let sum = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(Checksum.of([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)) == sum)
    }

    @Test func piecesGiveTheSumOfTheWhole() {
        let message = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 300] {
            let whole = Checksum.of(Array(message[..<length]))
            for piece in [1, 3, 63, 64, 65] {
                let checksum = Checksum()
                for start in stride(from: 0, to: length, by: piece) {
                    Array(message[start..<min(start + piece, length)]).withUnsafeBytes(checksum.update)
                }
                #expect(checksum.finish() == whole, "\(length) bytes in pieces of \(piece)")
            }
        }
    }

    @Test func aFileThatIsNotThereHasNone() {
        let error = FileError(path: "/nowhere/a", kind: .unreadable, reason: "no such file or directory")
        #expect(throws: error) { try Checksum.ofFile("/nowhere/a") }
    }
}
