import Foundation
import Glibc
import TestSupport
import Testing

/// `lookout zones`: an image on which zones and lines can be placed.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(10))) struct ZonesTests {
    /// Width and height in the header of a PNG file; `nil` if it is none.
    private static func size(ofPNG path: String) -> [Int]? {
        guard let bytes = FileManager.default.contents(atPath: path).map(Array.init), bytes.count > 24,
            bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        else { return nil }
        return [16, 20].map { start in bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
    }

    @Test func theImageHasTheSizeOfTheFrameAndWhatWasDrawnIsCounted() throws {
        try Lookout.withFolder { folder in
            let picture = folder + "/p.png"
            let outcome = try Lookout.run(
                "zones", "--output", picture, "--after", "1s", "--zone", "yard=0.1,0.5,0.4,0.5,0.4,1", "--line",
                "gate=0.8,0,0.8,1;to_left=in;to_right=out", Lookout.bikes)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "\(picture): 640 × 272, zones 1, lines 1, masks 0\n")
            #expect(Self.size(ofPNG: picture) == [640, 272])
        }
    }

    @Test func zonesOfAConfigurationAreDrawn() throws {
        try Lookout.withFolder { folder in
            let configuration = folder + "/lookout.yaml"
            let text = """
                sources:
                  street: {address: "file:\(Lookout.bikes)", lines: {gate: {from: [0.8, 0], to: [0.8, 1]}}}
                """
            try Data(text.utf8).write(to: URL(fileURLWithPath: configuration))
            let picture = folder + "/p.png"
            let outcome = try Lookout.run("zones", "--config", configuration, "-o", picture, "street")
            #expect(outcome.output == "\(picture): 640 × 272, zones 0, lines 1, masks 0\n", "\(outcome.errors)")
            let unknown = try Lookout.run("zones", "--config", configuration, "-o", picture, "stret")
            #expect(unknown.status == EX_USAGE)
            #expect(unknown.errors.contains("has no source \"stret\"; did you mean \"street\"?"), "\(unknown.errors)")
        }
    }

    @Test func aSourceThatGivesNoFrameIsNamedAndLeavesNoPicture() throws {
        try Lookout.withFolder { folder in
            let picture = folder + "/p.png"
            try Data("no video".utf8).write(to: URL(fileURLWithPath: folder + "/x.mp4"))
            let outcome = try Lookout.run("zones", "-o", picture, folder + "/x.mp4")
            #expect(outcome.status != 0 && !outcome.errors.isEmpty)
            let missing = try Lookout.run("zones", "-o", picture, folder + "/missing.mp4")
            #expect(missing.status == EX_NOINPUT && missing.errors.contains("no such file or directory"))
            let unwritable = try Lookout.run("zones", "-o", folder + "/not/there.png", Lookout.bikes)
            #expect(unwritable.status == EX_CANTCREAT, "\(unwritable.errors)")
            #expect(!FileManager.default.fileExists(atPath: picture))
        }
    }
}
