import Basics
import Events
import Testing

@Suite(.timeLimit(.minutes(10)))
struct MOTTextTests {
    @Test func commasAndSpacesSeparateFields() throws {
        let text = try MOTText("1,-1,10,20,30,40,0.5,-1,-1,-1\r\n\n3 -1 10 20 30 40 0.5\n", width: 100, height: 100)
        #expect(text.lastFrame == 3)
        #expect(text.detections[1] == text.detections[3])
        #expect(text.detections[1]?.first?.box == BoundingBox(x: 0.1, y: 0.2, width: 0.3, height: 0.4))
    }

    @Test(arguments: [
        "1,2", "x,1,1,1,1,1,1", "0,1,1,1,1,1,1", "1.5,1,1,1,1,1,1", "1e300,1,1,1,1,1,1", "nan,1,1,1,1,1,1",
        "1,1,nan,1,1,1,1", "1,1,1,inf,1,1,1", "1,1,1,1,-1,1,1", "1,1,1e99,1,1,1,1",
    ])
    func aLineThatCannotBeReadIsNamed(line: String) {
        let error = #expect(throws: MOTText.LineError.self) {
            try MOTText("1,1,1,1,1,1,1\n" + line, width: 10, height: 10)
        }
        #expect(error?.line == 2)
    }
}
