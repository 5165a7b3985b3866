import Basics
import MobileNet

/// Inputs of benchmarks: a checkpoint, and float32 data as other engines read it.
enum BenchmarkInput {
    /// Reads a checkpoint.
    ///
    /// - Parameters:
    ///   - architecture: expected architecture; `nil` to recognise it.
    ///   - origin: origin of the weights; `nil` to recognise it.
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

    /// Makes a session with the contents of a file as its input.
    ///
    /// - Parameter input: raw float32, `[3, height, width]`, normalised.
    /// - Throws: ``FileError``.
    static func session(of plan: Plan, input: String) throws(FileError) -> Session {
        let bytes = try Files.read(input)
        guard bytes.count == plan.inputShape.count * MemoryLayout<Float>.size else {
            throw FileError(path: input, kind: .malformed, reason: "not \(plan.inputShape.count) values of float32")
        }
        let session = Session(plan: plan)
        bytes.withUnsafeBytes { session.load(tensor: $0.bindMemory(to: Float.self)) }
        return session
    }
}
