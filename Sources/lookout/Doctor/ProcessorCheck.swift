import Basics
import Capture
import Glibc
import MobileNet

/// Checks the CPU, the selected kernels and their speed.
enum ProcessorCheck {
    static func findings(model: LoadedModel?) -> [Finding] {
        let name = value("model name") ?? "unknown model"
        let cores = count(Environment.coreCount, "core")
        let cpu = Finding.ok(
            "cpu", "\(name), \(cores)" + (features.isEmpty ? "" : "; \(features.joined(separator: ", "))"))
        return [cpu, kernels] + (model.map { [speed(of: $0)] } ?? [])
    }

    private static var kernels: Finding {
        do {
            let chosen = try Environment.instructionSet()
            guard chosen < .best else {
                #if arch(x86_64)
                    if chosen == .portable {
                        return .warning(
                            "kernels", "portable: this CPU has neither AVX2 nor AVX-512",
                            advice: "on a virtual machine, pass the host's CPU through")
                    }
                #endif
                return .ok("kernels", chosen.rawValue)
            }
            return .warning(
                "kernels", "\(chosen.rawValue), though this CPU could run \(InstructionSet.best.rawValue)",
                advice: "unset \(InstructionSet.environmentVariable)")
        } catch {
            return .problem("kernels", "\(error)", advice: "unset \(InstructionSet.environmentVariable)")
        }
    }

    /// Measures the model for half a second on one core, by CPU time because the machine may be busy.
    private static func speed(of model: LoadedModel) -> Finding {
        let session = Session(plan: model.plan)
        session.run()
        let end = MonotonicClock.now + 0.5
        var times: [Double] = []
        while times.count < 5 || MonotonicClock.now < end {
            let before = ProcessorClock.thread
            session.run()
            times.append(ProcessorClock.thread - before)
        }
        let median = times.sorted()[times.count / 2]
        return .ok(
            "speed",
            "\(model.name): \(decimals(1000 * median, 1)) ms a frame, \(decimals(1 / median, 0)) a second on each core")
    }

    /// CPU features that the engine uses.
    private static var features: [String] {
        let wanted = [
            ("sse4_2", "SSE4.2"), ("avx2", "AVX2"), ("fma", "FMA"), ("avx512f", "AVX-512"),
            ("avx512_vnni", "AVX-512 VNNI"), ("avx512_fp16", "AVX-512 FP16"), ("asimd", "NEON"),
        ]
        let flags = Set((value("flags") ?? value("Features") ?? "").split(separator: " ").map(String.init))
        return wanted.filter { flags.contains($0.0) }.map(\.1)
    }

    /// Reads a value of the first CPU from /proc/cpuinfo.
    private static func value(_ key: String) -> String? {
        guard let text = try? String(decoding: Files.read("/proc/cpuinfo"), as: UTF8.self) else { return nil }
        return text.split(separator: "\n").first { $0.hasPrefix(key) }.flatMap { line in
            line.split(separator: ":", maxSplits: 1).dropFirst().first.map { String($0.drop { $0 == " " }) }
        }
    }
}
