import Basics
import Foundation
import Testing

@testable import Events

/// Tracks of detections of real clips.
@Suite(.timeLimit(.minutes(10)))
struct MOTTrackingTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../../shared/detect/bench/data").standardizedFileURL
    static let isThere = FileManager.default.fileExists(atPath: folder.path)

    @Test func aTrackIsReportedFromItsConfirmationOnUnlessTheFileIsKnownToItsEnd() throws {
        let text = try MOTText((1...5).map { "\($0),-1,40,40,20,20,0.9\n" }.joined(), width: 100, height: 100)
        #expect(try frames(text) == [3, 4, 5])
        #expect(try frames(text, fromFirstDetection: true) == [1, 2, 3, 4, 5])
    }

    @Test func aTrackThatIsNeverConfirmedHasNoLine() throws {
        let text = try MOTText("1,-1,40,40,20,20,0.9\n9,-1,40,40,20,20,0.9\n", width: 100, height: 100)
        #expect(try frames(text, fromFirstDetection: true).isEmpty)
    }

    /// Six people come and go one by one, and four cars pass.
    @Test(
        .enabled(if: isThere, "../shared is not there: no detections of real clips"),
        arguments: [
            ("one-by-one-person-detection.2000", 6), ("one-by-one-person-detection.2001", 6),
            ("car-detection.2001", 4),
        ])
    func realClipsHaveAsManyTracksAsObjects(file: String, objects: Int) throws {
        let path = Self.folder.appendingPathComponent(file + ".det.txt")
        let text = try MOTText(String(contentsOf: path, encoding: .utf8), width: 768, height: 432)
        let lines = MOTTracking(of: text, framesPerSecond: 5).lines(width: 768, height: 432)
        #expect(Set(lines.map { $0.split(separator: ",")[1] }).count == objects)
    }

    private func frames(_ text: MOTText, fromFirstDetection: Bool = false) throws -> [Int] {
        let lines = MOTTracking(of: text, framesPerSecond: 5)
            .lines(width: 100, height: 100, fromFirstDetection: fromFirstDetection)
        return try lines.map { try #require(Int($0.prefix { $0 != "," })) }
    }
}
