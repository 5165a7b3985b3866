import Foundation
import Testing

@testable import MobileNet

/// Networks at random are computed rightly, and touch no memory but their own: the short form of `Scripts/fuzz 1800 graph`.
///
/// LOOKOUT_FUZZ_SEED=N tries one seed, as the long form prints it.
@Suite(.timeLimit(.minutes(20))) struct GraphFuzzTests {
    @Test(arguments: 0..<2 as Range<UInt64>)
    func networksAtRandomAreComputedRightly(_ half: UInt64) throws {
        if let only = ProcessInfo.processInfo.environment["LOOKOUT_FUZZ_SEED"].flatMap({ UInt64($0) }) {
            _ = try GraphFuzz.check(seed: only)
            return
        }
        let end = ContinuousClock.now + .seconds(20)
        var (seed, planned) = (half, 0)
        while ContinuousClock.now < end, seed < 4000 {
            if try GraphFuzz.check(seed: seed) { planned += 1 }
            seed += 2
        }
        #expect(planned > 0)
    }
}
