import Foundation
import Glibc
import Testing

/// `lookout model evaluate`, on two photos of which it is known what is in them.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct EvaluateTests {
    @Test func foldersAreLabels() throws {
        try Lookout.withFolder { folder in
            try Self.copy(Lookout.coffee, to: "\(folder)/espresso/1.png")
            try Self.copy(Lookout.chelsea, to: "\(folder)/Egyptian Cat/1.png")
            try Self.copy(Lookout.chelsea, to: "\(folder)/281/mistaken.png")
            let outcome = try Lookout.run(
                "model", "evaluate", "--json", "--confusion", "\(folder)/confusion.csv", folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.isEmpty)
            let result = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            #expect(result["images"] as? Int == 3)
            #expect(result["top1"] as? Double == 0.6667)
            #expect(result["top5"] as? Double == 1)
            let matrix = try String(contentsOfFile: "\(folder)/confusion.csv", encoding: .utf8)
            #expect(
                matrix == """
                    actual,281,Egyptian Cat,Egyptian cat,espresso
                    281,0,0,1,0
                    Egyptian Cat,0,1,0,0
                    espresso,0,0,0,1

                    """)
        }
    }

    @Test func aListNamesImagesFromWhereItIs() throws {
        try Lookout.withFolder { folder in
            try Self.copy(Lookout.coffee, to: "\(folder)/images/a, b.png")
            let list = "file,label\n\"images/a, b.png\",espresso\n\(Lookout.chelsea) , \"tiger cat\"\n"
            try Data(list.utf8).write(to: URL(fileURLWithPath: "\(folder)/list.csv"))
            let outcome = try Lookout.run("model", "evaluate", "\(folder)/list.csv")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.prefix(3) == ["images  2", "top-1   50.0 %", "top-5   100.0 %"])
        }
    }

    @Test func whatCannotBeReadIsNamedAndTheRestCounted() throws {
        try Lookout.withFolder { folder in
            try Self.copy(Lookout.coffee, to: "\(folder)/espresso/1.png")
            try Data("rubbish".utf8).write(to: URL(fileURLWithPath: "\(folder)/espresso/2.png"))
            let outcome = try Lookout.run("model", "evaluate", folder)
            #expect(outcome.status == EX_DATAERR)
            #expect(outcome.errors.contains("\(folder)/espresso/2.png: "))
            #expect(outcome.output.contains("images      1\n"))
            #expect(outcome.output.contains("unreadable  1\n"))
        }
    }

    @Test func mistakesAreExplained() throws {
        try Lookout.withFolder { folder in
            try Self.copy(Lookout.coffee, to: "\(folder)/expresso/1.png")
            let label = try Lookout.run("model", "evaluate", folder)
            #expect(label.status == EX_DATAERR)
            #expect(label.errors.contains(#"there is no label or group "expresso"; did you mean "espresso"?"#))
            let nothing = try Lookout.run("model", "evaluate", folder + "/nothing")
            #expect(nothing.status == EX_NOINPUT)
            let empty = try Lookout.run("model", "evaluate", "\(folder)/expresso")
            #expect(empty.status == EX_DATAERR)
            #expect(empty.errors.contains("a folder for each label, with images in it"))
            try Data("a.png;espresso\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/list.csv"))
            let list = try Lookout.run("model", "evaluate", "\(folder)/list.csv")
            #expect(list.errors.contains("line 1: not a path, a comma and a label"))
        }
    }

    private static func copy(_ path: String, to target: String) throws {
        let url = URL(fileURLWithPath: target)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: path, toPath: target)
    }
}
