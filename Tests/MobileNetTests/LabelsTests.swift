import Basics
import Testing

@testable import MobileNet

@Suite(.timeLimit(.minutes(20))) struct LabelsTests {
    @Test func imageNetHasItsThousandClasses() {
        let names = Labels.imageNet.names
        #expect(names.count == 1000)
        #expect(Set(names).count == 1000, "labels that are the same cannot be told apart")
        // Places that people know by heart.
        let known = [
            0: "tench", 281: "tabby", 285: "Egyptian cat", 671: "mountain bike", 829: "streetcar", 967: "espresso",
            999: "toilet tissue",
        ]
        for (place, name) in known { #expect(names[place] == name) }
        #expect(names.allSatisfy { !$0.isEmpty && $0.first != " " && $0.last != " " })
    }

    @Test func aListHasOneLabelALine() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/labels.txt"
            try Files.write(path, [Array("tench, Tinca tinca\r\n  two words \nünï\n\n".utf8)])
            #expect(try Labels.read(path, count: 3).names == ["tench, Tinca tinca", "two words", "ünï"])
        }
    }

    @Test func aListOfTheWrongLengthIsRefused() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/labels.txt"
            try Files.write(path, [Array("a\nb\n".utf8)])
            expectError(path, count: 3, "2 labels, but the network has 3 classes; one line a class is wanted")
            try Files.write(path, [Array("a\n\nc\n".utf8)])
            expectError(path, count: 3, "line 2 is empty; each line is a label")
            try Files.write(path, [[0xFF, 0xFE]])
            expectError(path, count: 3, "a list of labels has to be UTF-8 text")
        }
    }

    private func expectError(_ path: String, count: Int, _ reason: String) {
        let error = #expect(throws: FileError.self) { try Labels.read(path, count: count) }
        #expect(error == FileError(path: path, kind: .malformed, reason: reason))
    }
}
