import Basics
import Foundation
import TestSupport
import Testing

@testable import Service

/// The file for node_exporter.
@Suite(.timeLimit(.minutes(10))) struct TextFileTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "lookout-textfile-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    @Test func itIsReplacedWhole() throws {
        let file = TextFile(path: folder + "/lookout.prom")
        try file.replace(with: String(repeating: "old\n", count: 10_000))
        try file.replace(with: "new\n")
        #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "new\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["lookout.prom"])
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o644)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func aFolderThatIsNotThereIsAnError() {
        let file = TextFile(path: folder + "/not/there.prom")
        #expect(throws: TextFile.Failure(path: file.path, number: ENOENT)) { try file.replace(with: "x") }
    }

    @Test func itIsWrittenInEachInterval() throws {
        let count = Mutex(0)
        let file = TextFile(path: folder + "/lookout.prom")
        let writer = TextFileWriter(file, interval: 0.05) {
            count.withLock { count in
                count += 1
                return "lookout_lanes \(count)\n"
            }
        } complain: {
            Issue.record($0)
        }
        #expect(TestTimeout.wait { count.withLock { $0 } >= 4 })
        writer.stop()
        let times = count.withLock { $0 }
        #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "lookout_lanes \(times)\n")
        usleep(100_000)  // nothing may be written after stop()
        #expect(count.withLock { $0 } == times)
    }

    @Test func theProcessHasFigures() {
        let figures = ProcessFigures.current()
        #expect(figures.residentBytes > 1_000_000)
        #expect(figures.processorSeconds > 0)
        #expect(abs(figures.startTime - Date().timeIntervalSince1970) < 86_400)
        #expect(figures.startTime == ProcessFigures.current().startTime)
    }
}
