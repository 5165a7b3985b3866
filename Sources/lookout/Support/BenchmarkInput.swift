import Basics
import MobileNet

/// What benchmarks are given: a checkpoint, and numbers as other engines read them.
enum BenchmarkInput {
    /// - Parameters:
    ///   - architecture: what the network is expected to be; `nil` to recognise it.
    ///   - origin: who trained it; `nil` to tell by the checkpoint.
    /// - Throws: ``FileError``.
    static func checkpoint(
        _ path: String, as architecture: Architecture? = nil, from origin: CheckpointOrigin? = nil
    ) throws(FileError) -> CheckpointImport.Result {
        let bytes = try Files.read(path)
        do {
            return try CheckpointImport.read(
                bytes, as: architecture, from: origin, file: path.split(separator: "/").last.map(String.init) ?? path)
        } catch {
            throw FileError(path: path, kind: .malformed, reason: "\(error)")
        }
    }

    /// A session that has taken the numbers of a file as its input.
    ///
    /// - Parameter input: raw float32, `[3][height][width]`, normalised.
    /// - Throws: ``FileError``.
    static func session(of plan: Plan, input: String) throws(FileError) -> Session {
        let bytes = try Files.read(input)
        guard bytes.count == plan.inputShape.count * MemoryLayout<Float>.size else {
            throw FileError(path: input, kind: .malformed, reason: "not \(plan.inputShape.count) numbers of 4 bytes")
        }
        let session = Session(plan: plan)
        bytes.withUnsafeBytes { session.load(tensor: $0.bindMemory(to: Float.self)) }
        return session
    }
}
