import Foundation
import Testing

/// Running a network allocates nothing.
///
/// A small library that counts allocations is loaded before the C library, and the same program runs a
/// network a hundred times and eleven hundred times: a single allocation in a run would make a
/// difference of a thousand. Reading the checkpoint, with its millions, differs by some dozens. A busy
/// machine adds some hundreds, so the least of some counts is compared.
@Suite(
    .enabled(if: Lookout.hasModel && compiler != nil, "the model or clang is not there"),
    .disabled(if: Lookout.isSanitized, "a sanitizer has an allocator of its own"), .timeLimit(.minutes(20))
) struct AllocationTests {
    private static let counter = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <errno.h>
        extern void *__libc_malloc(size_t); extern void *__libc_calloc(size_t, size_t);
        extern void *__libc_realloc(void *, size_t); extern void *__libc_memalign(size_t, size_t);
        static _Atomic long count;
        void *malloc(size_t n) { count++; return __libc_malloc(n); }
        void *calloc(size_t n, size_t m) { count++; return __libc_calloc(n, m); }
        void *realloc(void *p, size_t n) { count++; return __libc_realloc(p, n); }
        void *aligned_alloc(size_t a, size_t n) { count++; return __libc_memalign(a, n); }
        int posix_memalign(void **p, size_t a, size_t n) {
            count++; *p = __libc_memalign(a, n); return *p ? 0 : ENOMEM;
        }
        __attribute__((destructor)) static void tell(void) { fprintf(stderr, "allocations %ld\\n", count); }
        """

    @Test(arguments: [1, 2]) func aThousandMoreRunsAllocateNoMore(_ threads: Int) throws {
        try Lookout.withFolder { folder in
            let library = folder + "/counter.so"
            try Data(Self.counter.utf8).write(to: URL(fileURLWithPath: folder + "/counter.c"))
            let compiled = try Lookout.run(
                try #require(compiler), ["-shared", "-fPIC", "-O1", "-o", library, folder + "/counter.c"])
            try #require(compiled.status == 0, "\(compiled.errors)")
            let input = folder + "/input.f32"
            try Data(count: 4 * 3 * 224 * 224).write(to: URL(fileURLWithPath: input))
            try expectNoMore { try allocations(runs: $0, threads: threads, library: library, input: input) }
        }
    }

    /// The same of a network of bytes.
    @Test(.enabled(if: hasByteModel, "../shared is not there: no model of bytes"))
    func aThousandMoreRunsOfBytesAllocateNoMore() throws {
        try Lookout.withFolder { folder in
            let library = folder + "/counter.so"
            try Data(Self.counter.utf8).write(to: URL(fileURLWithPath: folder + "/counter.c"))
            let compiled = try Lookout.run(
                try #require(compiler), ["-shared", "-fPIC", "-O1", "-o", library, folder + "/counter.c"])
            try #require(compiled.status == 0, "\(compiled.errors)")
            let model = folder + "/bytes.safetensors"
            let imported = try Lookout.run(Lookout.path, ["model", "import", byteModel, "--output", model])
            try #require(imported.status == 0, "\(imported.errors)")
            try expectNoMore { rounds in
                let outcome = try Lookout.run(
                    Lookout.path, ["bench", "compare", "--rounds", "\(rounds)", model],
                    environment: ["SWIFT_DETERMINISTIC_HASHING": "1", "LD_PRELOAD": library])
                try #require(outcome.status == 0, "\(outcome.errors)")
                let line = try #require(outcome.complaints.first { $0.hasPrefix("allocations ") })
                return try #require(Int(line.dropFirst("allocations ".count)))
            }
        }
    }

    /// Expects that 1100 runs allocate as much as 100 do. Counts again where they differ, up to three times.
    private func expectNoMore(_ count: (_ runs: Int) throws -> Int) rethrows {
        var few = Int.max
        var many = Int.max
        for _ in 1...3 where few == .max || abs(many - few) >= 500 {
            few = min(few, try count(100))
            many = min(many, try count(1100))
        }
        print("allocations: \(few) with a hundred runs, \(many) with eleven hundred")
        #expect(few > 100, "they are counted")
        #expect(abs(many - few) < 500)
    }

    private func allocations(runs: Int, threads: Int, library: String, input: String) throws -> Int {
        let checkpoint = Lookout.checkout.appendingPathComponent("Models/efficientnet-lite0-57934424.pth").path
        let outcome = try Lookout.run(
            "/bin/sh",
            [
                "-c",
                #"printf 'run %s\nquit\n' "$1" | LD_PRELOAD="$2" "$3" bench worker --weights "$4" efficientnet_lite0 "$6" "$5""#,
                "sh", "\(runs)", library, Lookout.path, checkpoint, input,
                "\(threads)",
            ],
            // Otherwise dictionaries grow differently each time.
            environment: ["SWIFT_DETERMINISTIC_HASHING": "1"])
        try #require(outcome.status == 0, "\(outcome.errors)")
        let line = try #require(outcome.complaints.first { $0.hasPrefix("allocations ") })
        return try #require(Int(line.dropFirst("allocations ".count)))
    }
}

private let compiler: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/clang" }.first(where: FileManager.default.isExecutableFile(atPath:))

private let byteModel = Lookout.checkout.deletingLastPathComponent()
    .appendingPathComponent("shared/models/mobilenet_v1_0.25_128_quant.tflite").path
private let hasByteModel = FileManager.default.fileExists(atPath: byteModel)
