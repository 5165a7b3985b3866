// Networks at random for a while. Scripts/fuzz compiles it together with the engine's sources and those of the suite's
// short form, and starts one for each core.

import Foundation

@main
private enum GraphFuzzProgram {
    /// `SECONDS FIRST STEP FILE`: tries the seeds from the first on, and keeps what is being tried in a file, for when
    /// that ends the process.
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().map { $0 }
        guard arguments.count == 4, let seconds = Double(arguments[0]), var seed = UInt64(arguments[1]),
            let step = UInt64(arguments[2])
        else { fatalError("SECONDS FIRST STEP FILE") }
        let end = Date() + seconds
        var (tried, planned) = (0, 0)
        while Date() < end {
            let text = "seed \(seed)\n\(GraphFuzz.text(of: GraphFuzz.graph(seed: seed)))\n"
            try text.write(toFile: arguments[3], atomically: false, encoding: .utf8)
            do {
                if try GraphFuzz.check(seed: seed) { planned += 1 }
            } catch {
                print(error)
                exit(1)
            }
            tried += 1
            seed &+= step
        }
        print("\(tried) networks, \(planned) of which the engine has all layers of; nothing found")
    }
}
