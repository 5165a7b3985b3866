import Basics
import Foundation
import Testing

@testable import MobileNet

/// Logits that PyTorch computed in float64. Scripts/goldens.py wrote them.
struct Golden {
    let logits: [Double]

    init(_ architecture: Architecture, file: String = #filePath) throws {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        let path = folder.appendingPathComponent("Goldens/\(architecture.rawValue).f64").path
        let bytes = try Files.read(path)
        logits = stride(from: 0, to: bytes.count, by: 8).map { at in
            bytes.withUnsafeBytes {
                Double(bitPattern: $0.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian)
            }
        }
    }

    /// Returns the largest difference, relative to the largest logit.
    func difference(to other: some Collection<Float>) -> Double {
        guard other.count == logits.count else { return .infinity }
        let largest = logits.map(abs).max() ?? 0
        return (zip(logits, other).map { abs($0 - Double($1)) }.max() ?? .infinity) / largest
    }
}

extension InstructionSet {
    /// The instruction sets that this machine runs.
    static var supported: [InstructionSet] { allCases.filter(\.isSupported) }
}
