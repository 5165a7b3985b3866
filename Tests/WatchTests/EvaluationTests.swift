import Testing

@testable import Watch

/// What an evaluation counts, and how it reads and writes lists.
@Suite(.timeLimit(.minutes(10))) struct EvaluationTests {
    private static let names = ["cat", "dog", "crane", "crane"]

    @Test func rightIsWhoeverIsAmongTheLabelsOfAName() {
        var accuracy = Accuracy()
        accuracy.add("crane", classes: [2, 3], best: [3, 0, 1, 2], names: Self.names)
        accuracy.add("cat", classes: [0], best: [1, 0, 2, 3], names: Self.names)
        accuracy.add("dog", classes: [1], best: [0, 2, 3], names: Self.names)
        accuracy.addUnreadable()
        #expect(accuracy.images == 3)
        #expect(accuracy.top1 == 1)
        #expect(accuracy.top5 == 2)
        #expect(accuracy.unreadable == 1)
        #expect(accuracy.top1Rate == 1.0 / 3)
        #expect(accuracy.matrix == "actual,cat,crane,dog\ncat,0,0,1\ncrane,0,1,0\ndog,1,0,0\n")
    }

    @Test func onlyTheFiveBestCount() {
        var accuracy = Accuracy()
        accuracy.add("f", classes: [5], best: [0, 1, 2, 3, 4, 5], names: ["a", "b", "c", "d", "e", "f"])
        #expect(accuracy.top5 == 0)
    }

    @Test func nothingIsNotDividedByNothing() {
        #expect(Accuracy().top1Rate == 0)
        #expect(Accuracy().top5Rate == 0)
        #expect(Accuracy().matrix == "actual\n")
    }

    @Test(arguments: [
        ("a,b", ["a", "b"]),
        (" a b , c ", ["a b", "c"]),
        (#""a, b","say ""no""""#, ["a, b", #"say "no""#]),
        (#""a" ,b"#, ["a", "b"]),
        (",", ["", ""]),
        ("", [""]),
    ])
    func fieldsAreReadAsTheStandardSays(_ line: String, _ fields: [String]) {
        #expect(CommaSeparated.fields(of: line[...]) == fields)
    }

    @Test(arguments: [#"a"b,c"#, #""a"#, #""a"b,c"#])
    func quotationMarksWhereTheyMayNotBeAreRefused(_ line: String) {
        #expect(CommaSeparated.fields(of: line[...]) == nil)
    }

    @Test func whatIsWrittenReadsBack() {
        let fields = ["plain", "with, comma", #"with "quotes""#, ""]
        #expect(CommaSeparated.fields(of: CommaSeparated.line(fields)[...]) == fields)
    }
}
