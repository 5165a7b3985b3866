import Foundation
import Testing

/// The portable loops are compiled for arm64, too, though the tests run on another machine.
///
/// The toolchain has the standard library of Embedded Swift for arm64, and the loops need no more: they
/// use pointers and vectors only.
@Suite(.enabled(if: hasLibraryForARM, "this toolchain has no Embedded Swift for arm64"), .timeLimit(.minutes(10)))
struct PortabilityTests {
    @Test func portableLoopsCompileForARMAndUseItsMultiplyAdd() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/Kernels")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("arm-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        try Self.compile(
            Self.files(sources, "Interface"), in: folder,
            ["-module-name", "KernelInterface", "-emit-module", "-emit-module-path", "KernelInterface.swiftmodule"])
        try Self.compile(
            Self.files(sources, "Portable") + Self.files(sources, "Loops") + Self.files(sources, "Integer"), in: folder,
            [
                "-module-name", "KernelsPortable", "-I", ".", "-I",
                sources.deletingLastPathComponent().appendingPathComponent("CIntrinsics").path, "-emit-assembly", "-o",
                "loops.s",
            ])
        let assembly = try String(contentsOf: folder.appendingPathComponent("loops.s"), encoding: .utf8)
        let multiplyAdds = assembly.components(separatedBy: "fmla").count - 1
        print("arm64: \(multiplyAdds) vector multiply-adds")
        #expect(multiplyAdds > 50)
    }

    private static func files(_ sources: URL, _ folder: String) throws -> [String] {
        let folder = sources.appendingPathComponent(folder)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
            .sorted().map { folder.appendingPathComponent($0).path }
    }

    private static func compile(_ files: [String], in folder: URL, _ options: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.currentDirectoryURL = folder
        process.arguments =
            [
                "swiftc", "-swift-version", "6", "-enable-experimental-feature", "Embedded", "-target",
                "aarch64-none-none-elf", "-wmo", "-Ounchecked", "-parse-as-library",
            ] + options + files
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}

/// Whether the toolchain in the path can compile for arm64 without an operating system.
private let hasLibraryForARM: Bool = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    guard let compiler = folders.map({ "\($0)/swiftc" }).first(where: FileManager.default.isExecutableFile(atPath:))
    else { return false }
    let toolchain = URL(fileURLWithPath: compiler).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent()
    let library = toolchain.appendingPathComponent(
        "lib/swift/embedded/Swift.swiftmodule/aarch64-none-none-elf.swiftmodule")
    return FileManager.default.fileExists(atPath: library.path)
}()
