import Foundation
import Glibc
import Testing

/// Models and checkpoints that ask for more than there is: each is refused with a message that says what was asked for.
@Suite(.timeLimit(.minutes(20))) struct ModelLimitsTests {
    /// A frame that is enlarged eight times: a file of 1.4 kB that takes 4 GiB of workspace.
    private static let graph = """
        {"input":{"channels":3,"height":1024,"width":1024},"layers":[{"name":"c","layer":{"convolution":{"outputs":1,"window":\
        {"height":1,"width":1,"verticalStride":1,"horizontalStride":1,"padding":{"symmetric":{}}},"bias":false}},"inputs":[0]},\
        {"name":"u","layer":{"upsample":{"factor":8}},"inputs":[1]},{"name":"m","layer":{"globalMean":{}},"inputs":[2]},\
        {"name":"d","layer":{"dense":{"outputs":2}},"inputs":[3]}]}
        """

    private func writeModel(to path: String) throws {
        let header: [String: Any] = [
            "__metadata__": [
                "format": "lookout-1", "name": "large", "classes": "2", "labels": "a\nb", "mean": "0 0 0",
                "deviation": "1 1 1", "graph": Self.graph,
            ],
            "c.weight": ["dtype": "F32", "shape": [1, 3, 1, 1], "data_offsets": [0, 12]],
            "d.weight": ["dtype": "F32", "shape": [2, 1], "data_offsets": [12, 20]],
            "d.bias": ["dtype": "F32", "shape": [2], "data_offsets": [20, 28]],
        ]
        let json = try JSONSerialization.data(withJSONObject: header)
        let length = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
        try (length + json + Data(count: 28)).write(to: URL(fileURLWithPath: path))
    }

    private static let asked =
        "it asks for 4 GiB of workspace for each worker; at most 1 GiB are allowed "
        + "(LOOKOUT_PLAN_LIMITS=workspace=… changes that)"

    @Test func aModelThatAsksForTooMuchIsRefusedByEveryCommand() throws {
        try Lookout.withFolder { folder in
            let model = folder + "/large.safetensors"
            try writeModel(to: model)
            let image = folder + "/x.png"
            try Data("P5 1 1 255\n0".utf8).write(to: URL(fileURLWithPath: image))
            for arguments in [["classify", "--model", model, image], ["model", "run", model, image]] {
                let outcome = try Lookout.run(Lookout.path, arguments)
                #expect(outcome.status == EX_DATAERR)
                #expect(outcome.complaints == ["lookout: \(model): \(Self.asked)"])
            }
            let configuration = folder + "/lookout.yaml"
            try Data("model: \(model)\nsources: {a: rtsp://a/b}".utf8).write(to: URL(fileURLWithPath: configuration))
            let check = try Lookout.run("check", configuration)
            #expect(check.status == EX_CONFIG)
            #expect(check.complaints == ["\(configuration):1:8: \(model): \(Self.asked)"])
            let run = try Lookout.run("run", configuration)
            #expect(run.status == EX_DATAERR && run.errors.contains(Self.asked))
        }
    }

    @Test(.enabled(if: Lookout.hasMedia, Lookout.noMedia)) func theEnvironmentChangesTheLimits() throws {
        for (limits, status, complaint) in [
            ("workspace=1MiB", EX_DATAERR, "of workspace for each worker; at most 1 MiB are allowed"),
            ("work=1M,workspace=2GiB", EX_DATAERR, "multiply-adds for a frame; at most 1 million are allowed"),
            ("layers=3", EX_DATAERR, "layers; at most 3 are allowed"),
            ("constants=1kB", EX_DATAERR, "of packed weights and tables"),
            (
                "memory=1", EX_USAGE,
                "LOOKOUT_PLAN_LIMITS: \"memory=1\" is no limit; it is a list such as workspace=4GiB"
            ),
            ("workspace=2GiB", 0, ""),
        ] as [(String, Int32, String)] {
            let outcome = try Lookout.run(
                "classify", "--model", Lookout.model, Lookout.coffee, environment: ["LOOKOUT_PLAN_LIMITS": limits])
            #expect(outcome.status == status, "\(limits)")
            #expect(complaint.isEmpty || outcome.errors.contains(complaint), "\(limits): \(outcome.errors)")
        }
    }

    /// Sanitizers reserve terabytes of addresses.
    @Test(.enabled(if: !Lookout.isSanitized, "sanitizers take more addresses than any limit allows"))
    func aLimitOfMemoryEndsInAMessage() throws {
        try Lookout.withFolder { folder in
            let model = folder + "/large.safetensors"
            try writeModel(to: model)
            let outcome = try Lookout.run(
                "/bin/bash",
                ["-c", "ulimit -v 1500000; exec \"$0\" classify --model \"$1\" x.png", Lookout.path, model],
                environment: ["LOOKOUT_PLAN_LIMITS": "workspace=16GiB"])
            #expect(outcome.status == EX_OSERR)
            #expect(outcome.complaints.count == 1, "\(outcome.errors)")
            #expect(outcome.errors.hasPrefix("lookout: \(model): there is not enough memory: "))
        }
    }

    /// 100 MB of zeros that a pickle takes as a matrix turned round, under a name that no network has.
    private static let writer = """
        import sys, zipfile
        def text(s): return b'X' + len(s).to_bytes(4, 'little') + s.encode()
        n = 5000
        size = lambda v: b'J' + v.to_bytes(4, 'little')
        storage = b'(' + text('storage') + b'ctorch\\nFloatStorage\\n' + text('0') + text('cpu') + size(n * n) + b'tQ'
        tensor = (b'ctorch._utils\\n_rebuild_tensor_v2\\n(' + storage + b'K\\0' + size(n) + size(n) + b'\\x86'
            + size(1) + size(n) + b'\\x86' + b'\\x89' + b'ccollections\\nOrderedDict\\n)R' + b'tR')
        with zipfile.ZipFile(sys.argv[1], 'w') as archive:
            archive.writestr('x/data.pkl', b'\\x80\\x02}(' + text('nothing.weight') + tensor + b'u.')
            archive.writestr('x/data/0', bytes(4 * n * n))
        """

    private static let measurer = """
        import resource, subprocess, sys
        status = subprocess.run(sys.argv[1:]).returncode
        print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        """

    @Test(.enabled(if: !Lookout.isSanitized, "sanitizers take memory of their own"))
    func aLargeCheckpointTakesLittleMoreMemoryThanItsFile() throws {
        try Lookout.withFolder { folder in
            let path = folder + "/large.pth"
            #expect(try Lookout.run("/usr/bin/python3", ["-c", Self.writer, path]).status == 0)
            let outcome = try Lookout.run(
                "/usr/bin/python3",
                ["-c", Self.measurer, Lookout.path, "model", "import", "--output", folder + "/m.safetensors", path])
            #expect(outcome.errors.contains("its tensors belong to none of the known networks"))
            let figures = outcome.output.split(separator: " ").compactMap { Int($0.prefix { $0.isNumber }) }
            #expect(figures.first == Int(EX_DATAERR))
            #expect(figures.last.map { $0 < 200_000 } == true, "kB: \(outcome.output)")
        }
    }
}
