import Foundation
import TestSupport
import Testing

/// A camera without frames is reported as lost once, and is connected again and reported as found once within five
/// seconds of its return. The other camera is not affected.
@Suite(.enabled(if: Peers.canRun, Peers.reason), .timeLimit(.minutes(20))) struct ScriptedOutageTests {
    enum Fault: String, CaseIterable {
        case refuses = "refuses connections"
        case isSilent = "accepts and says nothing"
        case vanishes = "half-open: the host does not answer"
        case sendsGarbage = "sends garbage"
        case stalls = "stalls in mid-frame"
        case hangsUpAtOnce = "hangs up at once"

        func behaviour() throws -> FaultServer.Behaviour {
            switch self {
            case .refuses: .refuse
            case .isSilent: .silence
            case .vanishes: .vanish
            case .sendsGarbage: .garbage
            // The open connection stalls at once; new ones in the middle of their first frame.
            case .stalls: .stall(try Scene.stream(), after: 2077)
            case .hangsUpAtOnce: .hangUp(try Scene.stream(), seconds: 1e6, after: 0.05)
            }
        }
    }

    @Test(arguments: Fault.allCases)
    func aCameraThatFailsIsBackInFiveSeconds(_ fault: Fault) throws {
        try Recording.withFolder { folder in
            let server = try FaultServer(try Scene.monotonic())
            defer { server.stop() }
            let behaviour = try fault.behaviour()
            try Trial.run(fault.rawValue, camera: server.url, in: folder) { trial in
                try trial.outage {
                    server.set(behaviour)
                } end: {
                    server.set(try Scene.monotonic())
                }
            }
        }
    }
}
