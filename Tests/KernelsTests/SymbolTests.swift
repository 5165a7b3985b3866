import Foundation
import Testing

/// Code that needs a certain CPU is only ever called through the table of kernels.
///
/// The hazard: the compiler emits helpers and specialisations of the standard library's functions under
/// names that several modules share, and the linker keeps one of them for all. If that is the one from the
/// AVX-512 module, an older CPU stops at it. So no weak symbol with code in it may leave a module of
/// kernels under a name that is not the module's own.
@Suite(.timeLimit(.minutes(10))) struct SymbolTests {
    @Test(arguments: ["KernelsPortable", "KernelsAVX2", "KernelsAVX512", "KernelsAVX512VNNI"])
    func kernelsShareNoCodeWithOtherModules(_ module: String) throws {
        let objects = try Self.objects(of: module)
        guard !objects.isEmpty else { return }  // another architecture
        var own = 0
        for line in try Self.run("nm", objects).split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 2)
            guard fields.count == 3, fields[1] == "W" else { continue }  // V is data
            let name = String(fields[2])
            #expect(Self.belongs(name, to: module), "\(name) could be taken for another module's")
            own += 1
        }
        print("\(module): \(objects.count) objects, \(own) weak functions, all of them its own")
    }

    /// Whether a name says that it is of a module: its length and itself are in it, wherever a
    /// specialisation names its type parameters.
    private static func belongs(_ symbol: String, to module: String) -> Bool {
        symbol.hasPrefix("$s") && symbol.contains("\(module.count)\(module)")
    }

    /// The object files of a module, beside the program that runs the tests.
    private static func objects(of module: String) throws -> [String] {
        let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let folder = products.appendingPathComponent("\(module).build")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".swift.o") }.map { folder.appendingPathComponent($0).path }
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self)
    }
}
