import Testing

@testable import Archive

/// A recording is analyzed when its recorder is done with it.
struct RecorderFilesTests {
    @Test func aClosedFileIsCompleteAtOnce() {
        var files = RecorderFiles()
        files.noteComplete("b")
        files.noteComplete("a")
        files.noteComplete("b")
        #expect(files.takeComplete { _ in 0 } == ["b", "a"])
        #expect(files.takeComplete { _ in 0 }.isEmpty)
    }

    @Test func aFileThatNobodySawClosedIsCompleteWhenItRests() {
        var files = RecorderFiles()
        files.noteGrowing("a")
        #expect(files.takeComplete { _ in 9.9 }.isEmpty)
        #expect(files.takeComplete { _ in 10 } == ["a"])
        #expect(files.takeComplete { _ in 10 }.isEmpty)
    }

    @Test func aFileThatIsGoneIsForgotten() {
        var files = RecorderFiles()
        files.noteGrowing("a")
        #expect(files.takeComplete { _ in nil }.isEmpty)
        #expect(files.takeComplete { _ in 10 }.isEmpty)
    }

    /// The search after lost changes finds files that are known to be complete.
    @Test func aCompleteFileDoesNotWait() {
        var files = RecorderFiles()
        files.noteComplete("a")
        files.noteGrowing("a")
        #expect(files.takeComplete { _ in 0 } == ["a"])
        files.noteGrowing("a")
        files.noteComplete("a")
        #expect(files.takeComplete { _ in 0 } == ["a"])
        #expect(files.takeComplete { _ in 10 }.isEmpty)
    }
}
