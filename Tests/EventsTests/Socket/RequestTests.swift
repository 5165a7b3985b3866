import Foundation
import Testing

@testable import Events

/// Valid and invalid requests.
@Suite(.timeLimit(.minutes(10))) struct RequestTests {
    private static func request(_ change: (inout ReaderRequest) -> Void) -> ReaderRequest {
        var request = ReaderRequest()
        change(&request)
        return request
    }

    @Test func validRequests() throws {
        let cases: [(String, ReaderRequest)] = [
            ("{}", ReaderRequest()),
            (
                #"{"sources":["door"],"labels":["cat","dog"],"types":["start"]}"#,
                Self.request { $0.filter = EventFilter(sources: ["door"], labels: ["cat", "dog"], types: ["start"]) }
            ),
            (#"{"since":0}"#, Self.request { $0.start = .after(0) }),
            (
                #"{"since":1042,"states":true}"#,
                Self.request {
                    $0.start = .after(1042); $0.wantsState = true
                }
            ),
            (
                #"{"since":"2026-11-22T21:17:03Z"}"#,
                Self.request { $0.start = .time(Timestamp(milliseconds: 1_795_382_223_000)) }
            ),
            (
                #" { "last" : 10 , "follow" : false } "#,
                Self.request {
                    $0.start = .last(10); $0.follows = false
                }
            ),
            (#"{"sources":null,"states":false}"#, ReaderRequest()),
        ]
        for (text, request) in cases { #expect(try ReaderRequest(Array(text.utf8)) == request, "\(text)") }
    }

    @Test(arguments: [
        ("", "the request is not a JSON object on one line"), ("hello", "the request is not a JSON object on one line"),
        ("[]", "the request is not a JSON object on one line"), ("{", "the request is not a JSON object on one line"),
        ("7", "the request is not a JSON object on one line"),
        ("\u{0}", "the request is not a JSON object on one line"),
        (#"{"source":["door"]}"#, "unknown member in the request: source"),
        (#"{"sources":"door"}"#, "sources must be a list of names"),
        (#"{"labels":[1]}"#, "labels must be a list of names"),
        (#"{"since":-1}"#, "since must be a sequence number, or a time such as 2026-11-22T21:17:03Z"),
        (#"{"since":"yesterday"}"#, "since must be a sequence number, or a time such as 2026-11-22T21:17:03Z"),
        (#"{"since":1.5}"#, "since must be a sequence number, or a time such as 2026-11-22T21:17:03Z"),
        (#"{"last":-1}"#, "last must be a number from 0 to 1000000"),
        (#"{"last":"x"}"#, "last must be a number from 0 to 1000000"),
        (#"{"states":1}"#, "states must be true or false"), (#"{"follow":"no"}"#, "follow must be true or false"),
        (#"{"last":1,"since":1}"#, "since and last exclude each other"),
    ])
    func invalidRequestsAreExplained(_ text: String, _ problem: String) {
        let error = #expect(throws: ReaderRequest.Problem.self) { try ReaderRequest(Array(text.utf8)) }
        #expect(error?.description == problem, "\(text)")
    }

    @Test func randomRequestsDoNotCrash() {
        let seeds = [
            #"{"sources":["door","yard"],"labels":["cat"],"types":["start","end"],"since":1042,"states":true}"#,
            #"{"since":"2026-11-22T21:17:03.412Z","follow":false}"#, #"{"last":10}"#,
        ].map { Array($0.utf8) }
        var random = SystemRandomNumberGenerator()
        let count = ProcessInfo.processInfo.environment["LOOKOUT_FUZZ"].flatMap { Int($0) } ?? 10_000
        for round in 0..<count {
            var bytes = seeds[round % seeds.count]
            for _ in 0...Int.random(in: 0..<6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1 where bytes.count > 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
                default: bytes[place] = Array("{}[]\",:0-9eE\\\n".utf8).randomElement(using: &random) ?? 0
                }
            }
            do throws(ReaderRequest.Problem) { _ = try ReaderRequest(bytes) } catch {
                #expect(!error.description.isEmpty)
            }
            var buffer = RequestBuffer()
            _ = buffer.add(bytes)
            _ = buffer.end()
        }
    }

    @Test func aRequestMayArriveInParts() {
        var buffer = RequestBuffer()
        #expect(!buffer.isIncomplete)
        #expect(buffer.add(Array("{\"la".utf8)) == .incomplete)
        #expect(buffer.isIncomplete)
        #expect(buffer.add(Array("st\":1}\n".utf8)) == .line(Array(#"{"last":1}"#.utf8)))
        #expect(!buffer.isIncomplete)
        #expect(buffer.add(Array("x".utf8)) == .trailingBytes)
    }

    @Test func theLengthOfARequestIsLimited() {
        var buffer = RequestBuffer()
        let piece = [UInt8](repeating: UInt8(ascii: " "), count: 4096)
        for _ in 0..<4 { #expect(buffer.add(piece) == .incomplete) }
        #expect(buffer.add(piece) == .tooLong)
        var two = RequestBuffer()
        #expect(two.add(Array("{}\n{}\n".utf8)) == .trailingBytes)
        var unfinished = RequestBuffer()
        _ = unfinished.add(Array("{}".utf8))
        #expect(unfinished.end() == .line(Array("{}".utf8)))
        #expect(unfinished.end() == .incomplete)
    }
}
