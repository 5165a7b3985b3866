import Foundation
import Testing

@testable import Service

/// The memory that the workers take, compared with what the control group allows.
@Suite(.timeLimit(.minutes(10))) struct MemoryProblemTests {
    private static let mebibyte = 1 << 20

    @Test func whatCannotFitIsAnErrorAndWhatLeavesLittleIsAWarning() throws {
        let need = MemoryNeed(workers: 4, sessionBytes: 100 * Self.mebibyte, constantBytes: 50 * Self.mebibyte)
        let error = try #require(need.problem(limit: 400 * Self.mebibyte))
        #expect(error.severity == .error)
        #expect(
            error.text
                == "4 workers × 100 MiB of workspace and 50 MiB of weights are 450 MiB, and this process may use "
                + "400 MiB of memory; use fewer workers, a smaller model or a higher MemoryMax=")
        let warning = try #require(need.problem(limit: 512 * Self.mebibyte))
        #expect(warning.severity == .warning && warning.text.contains("are 450 MiB of the 512 MiB of memory"))
        #expect(need.problem(limit: 1024 * Self.mebibyte) == nil)
        let endless = MemoryNeed(workers: .max, sessionBytes: .max, constantBytes: .max)
        #expect(endless.problem(limit: .max - 1)?.severity == .error)
    }

    @Test func theLeastLimitOfAllGroupsAboveCounts() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cgroup-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ text: String, _ path: String) throws {
            let file = folder.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        func limit() -> Int? {
            ControlGroup.memoryLimit(
                root: folder.appendingPathComponent("fs").path,
                membership: folder.appendingPathComponent("membership").path)
        }
        #expect(limit() == nil, "no control groups at all")
        try write("4:memory:/elsewhere\n0::/system.slice/lookout.service\n", "membership")
        #expect(limit() == nil)
        try write("max\n", "fs/system.slice/lookout.service/memory.max")
        #expect(limit() == nil)
        try write("1073741824\n", "fs/system.slice/lookout.service/memory.max")
        #expect(limit() == 1 << 30)
        try write("536870912\n", "fs/system.slice/memory.max")
        #expect(limit() == 1 << 29)
        try write("268435456\n", "fs/memory.max")
        #expect(limit() == 1 << 28)
        try write("0::/\n", "membership")
        #expect(limit() == 1 << 28)
    }
}
