import Basics
import Foundation
import Glibc
import Testing

@testable import MobileNet

/// Hostile files are refused with a short message, at once, and with little memory.
@Suite(.timeLimit(.minutes(20))) struct HostileFileTests {
    @Test func aListThatIsSpokenOfAgainAndAgainIsNotCopiedEachTime() {
        let pickle = PickleWriter.tensors(count: 100_000, ofOneListOf: 100_000)
        let bytes = TestArchive.make(["x/data.pkl": pickle, "x/data/0": [0, 0, 0, 0]])
        let error = #expect(throws: FormatError.self) { try TorchCheckpoint(bytes) }
        #expect(error?.reason == "a tensor of more than 8 dimensions")
    }

    @Test func aHeaderWithAMillionDimensionsIsNotReadToItsEnd() {
        let ones = [String](repeating: "1", count: 1_000_000).joined(separator: ",")
        let header = #"{"a":{"dtype":"F32","shape":[\#(ones)],"data_offsets":[0,4]}}"#
        let bytes = le(UInt64(header.utf8.count)) + Array(header.utf8) + [0, 0, 0, 0]
        let error = #expect(throws: FormatError.self) { try Safetensors(bytes) }
        #expect((error?.reason.count ?? .max) < 100)
    }

    @Test func tensorsThatShareTheirBytesAreRefused() {
        let entry = #"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#
        let header = #"{"a":\#(entry),"b":\#(entry)}"#
        let bytes = le(UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: 8)
        let error = #expect(throws: FormatError.self) { try Safetensors(bytes) }
        #expect(error?.reason == "tensor \"b\": the tensors overlap")
    }

    @Test func bytesThatBelongToNoTensorAreRefused() {
        let header = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#
        let bytes = le(UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: 8)
        let error = #expect(throws: FormatError.self) { try Safetensors(bytes) }
        #expect(error?.reason == "tensor \"a\": 8 bytes are too many for the shape [1]")
    }

    @Test func anArchiveWithTwoPicklesIsRefusedWhicheverComesFirst() {
        let pickle: [UInt8] = [0x80, 2, 0x7D, 0x2E]
        for _ in 0..<10 {
            let bytes = TestArchive.make(["x/data.pkl": pickle, "y/data.pkl": pickle])
            let error = #expect(throws: FormatError.self) { try TorchCheckpoint(bytes) }
            #expect(error?.reason.contains("several data.pkl") == true)
        }
    }

    @Test func aSeedOfRandomNumbersIsPassedOver() throws {
        // {"seed": 2**64 - 1}
        let pickle: [UInt8] =
            [0x80, 2, 0x7D, 0x8C, 4] + Array("seed".utf8) + [0x8A, 9]
            + [UInt8](repeating: 0xFF, count: 8) + [0, 0x73, 0x2E]
        #expect(try TorchCheckpoint(TestArchive.make(["x/data.pkl": pickle])).tensors.isEmpty)
    }

    @Test func whatIsNoFileIsSaid() throws {
        try withTemporaryFolder { folder in
            let directory = #expect(throws: FileError.self) { try Files.read(folder) }
            #expect(directory == FileError(path: folder, kind: .unreadable, reason: "it is a directory, not a file"))
            // Eight terabytes that take no room on the disk.
            let sparse = folder + "/sparse.pth"
            try Data().write(to: URL(fileURLWithPath: sparse))
            guard truncate(sparse, 8 << 40) == 0 else { return }  // not every file system can
            let large = #expect(throws: FileError.self) { try Files.read(sparse) }
            #expect(large?.reason == "it is too large (8 TiB): the limit is 1 GiB")
        }
    }

    @Test func aPipeThatAShellPassesOnIsReadToItsEnd() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (output, input) = (ends[0], ends[1])
        let text = [UInt8](repeating: 0x61, count: 200_000)
        DispatchQueue.global().async {
            try? FileHandle(fileDescriptor: input, closeOnDealloc: true).write(contentsOf: Data(text))
        }
        defer { close(output) }
        #expect(try Files.read("/dev/fd/\(output)") == text)
        #expect(try Files.read("/proc/self/status").isEmpty == false, "a file of the kernel's has no size")
    }

    @Test(.timeLimit(.minutes(10)))
    func aFileWithoutAnEndIsRefusedWithoutReadingIt() throws {
        try withTemporaryFolder { folder in
            let pipe = folder + "/pipe"
            try #require(mkfifo(pipe, 0o600) == 0)
            let readers: [(String) throws -> Void] = [
                { _ = try Files.read($0) }, { _ = try Model.read($0) }, { _ = try ModelImport.read(path: $0) },
                { _ = try Labels.read($0, count: 1) },
            ]
            for read in readers {
                expectRefusal(of: "/dev/zero", "it is a device, not a file", by: read)
                expectRefusal(of: pipe, "it is a named pipe, not a file", by: read)
            }
        }
    }

    private func expectRefusal(of path: String, _ reason: String, by read: (String) throws -> Void) {
        let error = #expect(throws: FileError.self) { try read(path) }
        #expect(error == FileError(path: path, kind: .unreadable, reason: reason))
    }

    @Test func aTextIsReadUpToItsOwnLimitOnly() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/labels.txt"
            try Data([UInt8](repeating: 0x61, count: Files.largestText + 1)).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: FileError.self) { try Labels.read(path, count: 1) }
            #expect(error?.reason == "it is too large (4 MiB): the limit is 4 MiB")
            #expect(try Files.read(path).count == Files.largestText + 1)
        }
    }

    @Test func writingFollowsLinksAndLeavesNothingBehind() throws {
        try withTemporaryFolder { folder in
            let file = folder + "/real"
            let link = folder + "/link"
            try Files.write(file, [[1]])
            try #require(symlink(file, link) == 0)
            try Files.write(link, [[2], [3]])
            #expect(try Files.read(file) == [2, 3])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["link", "real"])
            try Files.write("/dev/null", [[1]])
            var status = stat()
            #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR, "it is still a device")
        }
    }
}
