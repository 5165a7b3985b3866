import Foundation
import Testing

@testable import Capture

@Suite struct ChecksumTests {
    /// The examples of FIPS 180-4, as NIST publishes them.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sumsAreThoseOfTheStandard(_ text: String, _ sum: String) throws {
        let checksum = Checksum()
        Array(text.utf8).withUnsafeBytes { checksum.update($0) }
        #expect(checksum.finish() == sum)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try Checksum.ofFile(path) == sum)
    }

    @Test func aFileThatIsNotThereHasNone() {
        #expect(throws: SourceError.unreadable("no such file or directory")) { try Checksum.ofFile("/nowhere/a") }
    }
}
