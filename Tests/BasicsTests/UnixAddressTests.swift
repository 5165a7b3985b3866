import Glibc
import Testing

@testable import Basics

@Suite(.timeLimit(.minutes(10))) struct UnixAddressTests {
    private func bytes(_ address: UnixAddress?) -> [UInt8]? {
        address?.withAddress { pointer, length in
            Array(UnsafeRawBufferPointer(start: pointer, count: Int(length)).dropFirst(MemoryLayout<sa_family_t>.size))
        }
    }

    @Test func pathsEndWithAZeroByteAndAbstractNamesBeginWithOne() {
        #expect(bytes(UnixAddress("/a")) == Array("/a\0".utf8))
        #expect(bytes(UnixAddress(path: "a")) == Array("a\0".utf8))
        #expect(bytes(UnixAddress("@a")) == Array("\0a".utf8))
        #expect(bytes(UnixAddress(path: "@a")) == Array("@a\0".utf8))
    }

    @Test(arguments: ["", "a", "@", "/a\0b"]) func whatIsNoAddressIsRefused(_ text: String) {
        #expect(UnixAddress(text) == nil)
    }

    @Test func theLongestPathFits() {
        let longest = "/" + String(repeating: "a", count: UnixAddress.longestPath - 1)
        #expect(UnixAddress.longestPath == 107)
        #expect(UnixAddress(longest) != nil)
        #expect(UnixAddress(longest + "a") == nil)
        #expect(UnixAddress(path: "") == nil)
    }
}
