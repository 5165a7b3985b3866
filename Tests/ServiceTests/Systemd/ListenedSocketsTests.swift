import Glibc
import Testing

@testable import Service

/// Sockets that the service manager has opened.
@Suite(.timeLimit(.minutes(10))) struct ListenedSocketsTests {
    typealias Socket = ListenedSockets.Socket

    private static let cases: [(variables: [String: String], sockets: [Socket])] = [
        ([:], []),
        (["LISTEN_PID": "42", "LISTEN_FDS": "1"], [Socket(descriptor: 3, name: "unknown")]),
        (
            ["LISTEN_PID": "42", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "events:metrics"],
            [Socket(descriptor: 3, name: "events"), Socket(descriptor: 4, name: "metrics")]
        ),
        (
            ["LISTEN_PID": "42", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "events"],
            [Socket(descriptor: 3, name: "events"), Socket(descriptor: 4, name: "unknown")]
        ),
        // Somebody else's, and what makes no sense.
        (["LISTEN_PID": "43", "LISTEN_FDS": "1"], []),
        (["LISTEN_FDS": "1"], []),
        (["LISTEN_PID": "42", "LISTEN_FDS": "0"], []),
        (["LISTEN_PID": "42", "LISTEN_FDS": "-1"], []),
        (["LISTEN_PID": "42", "LISTEN_FDS": "99999999999"], []),
        (["LISTEN_PID": "42", "LISTEN_FDS": "one"], []),
        (["LISTEN_PID": "42", "LISTEN_FDS": "2000000000"], []),
    ]

    @Test func theVariablesAreReadStrictly() {
        for (variables, sockets) in Self.cases {
            #expect(ListenedSockets.announced(variable: { variables[$0] }, process: 42) == sockets, "\(variables)")
        }
    }

    @Test func whatIsNotOpenIsNotTaken() {
        // Of a thousand descriptors, most are not open in a test.
        let variables = ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "1024"]
        let sockets = ListenedSockets.announced(variable: { variables[$0] }, process: getpid())
        #expect(sockets.count == 1024)
        #expect(fcntl(sockets[1023].descriptor, F_GETFD) == -1)
    }

    @Test func descriptorsAreFoundByName() {
        let variables = ["LISTEN_PID": "42"]
        #expect(ListenedSockets(variable: { variables[$0] }, process: 42).descriptor(named: "events") == nil)
    }
}
