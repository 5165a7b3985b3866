import Foundation
import Glibc
import TestSupport
import Testing

/// `lookout model fetch`, from a real server with a certificate of its own, which does not always do what it should.
@Suite(.enabled(if: Lookout.hasCheckpoint, Lookout.noModel), .timeLimit(.minutes(20))) struct FetchTests {
    private static let file = "efficientnet-lite0-57934424.pth"
    private static let models = Lookout.checkout.appendingPathComponent("Models").path

    @Test func aModelComesFromAMirrorAndIsUsedByItsName() throws {
        try withServer(of: Self.models) { fetch in
            let outcome = try fetch("efficientnet-lite0")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(
                outcome.output.hasSuffix(
                    "/efficientnet-lite0.safetensors: efficientnet-lite0, 4.65 M parameters, 1000 classes\n"))
            #expect(outcome.files == ["efficientnet-lite0.safetensors"])
            #expect(outcome.info.contains("Apache-2.0"))
            let again = try fetch("efficientnet-lite0")
            #expect(again.output.contains("exists already"))
        }
    }

    @Test func aTransferThatIsCutGoesOnWhereItEnded() throws {
        try withServer(of: Self.models, fault: "cut-once") { fetch in
            let outcome = try fetch("efficientnet-lite0")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }

    @Test func aTransferThatIsCutAgainAndAgainLeavesNothing() throws {
        try withServer(of: Self.models, fault: "cut") { fetch in
            let outcome = try fetch("efficientnet-lite0")
            #expect(outcome.status == EX_UNAVAILABLE)
            #expect(outcome.errors.contains("\(Self.file): the transfer was cut short repeatedly"))
            #expect(outcome.files == [])
            #expect(outcome.leftovers == [])
        }
    }

    @Test func anotherFileUnderTheNameLeavesNothing() throws {
        try Lookout.withFolder { folder in
            try Data("no network".utf8).write(to: URL(fileURLWithPath: "\(folder)/mobilenet_v2-7ebf99e0.pth"))
            try withServer(of: folder) { fetch in
                let outcome = try fetch("mobilenet-v2")
                #expect(outcome.status == EX_DATAERR)
                #expect(outcome.errors.contains("its SHA-256 begins with bd108b5c and not with 7ebf99e0"))
                #expect(outcome.errors.contains("nothing was kept"))
                #expect(outcome.files == [])
                #expect(outcome.leftovers == [])
            }
        }
    }

    @Test func aFileWithoutAnEndIsNotFetchedToItsEnd() throws {
        try Lookout.withFolder { folder in
            let file = "\(folder)/mobilenet_v2-7ebf99e0.pth"
            try Data().write(to: URL(fileURLWithPath: file))
            guard truncate(file, 65 << 20) == 0 else { return }
            try withServer(of: folder) { fetch in
                let outcome = try fetch("mobilenet-v2")
                #expect(outcome.status == EX_DATAERR)
                #expect(outcome.errors.contains("larger than any known model (64 MiB)"))
                #expect(outcome.files == [] && outcome.leftovers == [])
            }
            let local = try Lookout.run(
                "model", "fetch", "--from", folder, "mobilenet-v2", environment: ["LOOKOUT_MODELS": folder])
            #expect(local.errors.contains("it is too large (65 MiB): the limit is 64 MiB"))
        }
    }

    @Test func allDigitsOfTheChecksumCount() throws {
        try Lookout.withFolder { folder in
            let environment = ["LOOKOUT_MODELS": folder]
            func fetch(_ options: String...) throws -> Lookout.Outcome {
                try Lookout.run(
                    Lookout.path, ["model", "fetch", "--from", Self.models, "efficientnet-lite0"] + options,
                    environment: environment)
            }
            let digits = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
            let wrong = try fetch("--sha256", String(digits.dropLast()) + "0")
            #expect(wrong.status == EX_DATAERR)
            #expect(wrong.errors.contains("nothing was kept (its SHA-256 is \(digits))"))
            #expect(try fetch("--sha256", "57934424").errors.contains("--sha256 is 64 hexadecimal digits."))
            #expect(try fetch("--sha256", digits.uppercased()).status == 0)
            let info = try Lookout.run("model", "info", "efficientnet-lite0", environment: environment)
            #expect(info.output.contains("\(Self.file), SHA-256 \(digits)"))
        }
    }

    @Test func aFileThatIsNotThereIsNamed() throws {
        try Lookout.withFolder { folder in
            try withServer(of: folder) { fetch in
                let outcome = try fetch("mobilenet-v2")
                #expect(outcome.status == EX_UNAVAILABLE)
                #expect(outcome.errors.contains("mobilenet_v2-7ebf99e0.pth: no such file (404)"))
                #expect(outcome.files == [])
                #expect(outcome.leftovers == [])
            }
        }
    }

    @Test func aServerThatNobodyVouchesForIsNotTrusted() throws {
        try withServer(of: Self.models, isTrusted: false) { fetch in
            let outcome = try fetch("efficientnet-lite0")
            #expect(outcome.status == EX_UNAVAILABLE)
            #expect(outcome.errors.contains("no secure connection"))
            #expect(outcome.files == [])
        }
    }

    @Test func whereNobodyListensTheConnectionIsRefused() throws {
        let port = try Loopback.freePort()
        try Lookout.withFolder { folder in
            let outcome = try Lookout.run(
                "model", "fetch", "--from", "https://127.0.0.1:\(port)", "mobilenet-v2",
                environment: ["LOOKOUT_MODELS": folder])
            #expect(outcome.status == EX_UNAVAILABLE)
            #expect(outcome.errors.contains("the connection was refused"))
        }
    }

    @Test func aFolderWillDoAndWithoutASecureAddressNothingIsAsked() throws {
        try Lookout.withFolder { folder in
            let environment = ["LOOKOUT_MODELS": folder]
            let local = try Lookout.run(
                "model", "fetch", "--from", Self.models, "efficientnet-lite0", environment: environment)
            #expect(local.status == 0, "\(local.errors)")
            let path = "\(folder)/not/there/yet.safetensors"
            let elsewhere = try Lookout.run(
                "model", "fetch", "--from", Self.models, "--output", path, "efficientnet-lite0")
            #expect(elsewhere.status == 0, "\(elsewhere.errors)")
            #expect(FileManager.default.fileExists(atPath: path))
            let missing = try Lookout.run("model", "fetch", "--from", folder, "mobilenet-v2", environment: environment)
            #expect(missing.status == EX_NOINPUT)
            #expect(missing.errors.contains("\(folder)/mobilenet_v2-7ebf99e0.pth: no such file or directory"))
            let open = try Lookout.run(
                "model", "fetch", "--from", "http://127.0.0.1", "mobilenet-v2", environment: environment)
            #expect(open.status == EX_USAGE)
            #expect(open.errors.contains("only https"))
            let unknown = try Lookout.run("model", "fetch", "mobilenet-v3-larg", environment: environment)
            #expect(unknown.status == EX_USAGE)
            #expect(unknown.errors.contains("did you mean mobilenet-v3-large?"))
        }
    }

    /// A detector of two files, and one without labels.
    @Test(.enabled(if: SharedDetector.isThere, "../shared is not there: no detector"))
    func detectorsAreFetchedWithTheirWeightsAndLabels() throws {
        try Lookout.withFolder { folder in
            let environment = ["LOOKOUT_MODELS": folder]
            for name in ["person-vehicle-bike", "person-vehicle-bike-256", "ssd-mobilenet-v1-coco"] {
                let outcome = try Lookout.run(
                    "model", "fetch", "--from", SharedDetector.models, name, environment: environment)
                try #require(outcome.status == 0, "\(outcome.errors)")
            }
            let list = try Lookout.run("model", "list", environment: environment).output.split(separator: "\n")
                .filter { $0.hasSuffix(folder + "/" + ($0.split(separator: " ").first ?? "") + ".safetensors") }
            #expect(list.count == 3 && list.allSatisfy { $0.contains("  detection  ") }, "\(list)")
            let info = try Lookout.run("model", "info", "--json", "ssd-mobilenet-v1-coco", environment: environment)
            #expect(info.output.contains(#""labels":["person","bicycle","car","#))
            #expect(info.output.contains(#""licence":"Apache-2.0""#) && info.output.contains(#""task":"detection""#))
        }
    }

    @Test(.enabled(if: SharedDetector.isThere, "../shared is not there: no detector"))
    func weightsOfAnotherFileLeaveNothing() throws {
        try Lookout.withFolder { folder in
            let network = "person-vehicle-bike-detection-2001"
            try FileManager.default.copyItem(
                atPath: "\(SharedDetector.models)/\(network).xml", toPath: "\(folder)/\(network).xml")
            func fetch() throws -> Lookout.Outcome {
                try Lookout.run(
                    "model", "fetch", "--from", folder, "person-vehicle-bike", environment: ["LOOKOUT_MODELS": folder])
            }
            let missing = try fetch()
            #expect(missing.status == EX_NOINPUT)
            #expect(missing.errors.contains("\(network).bin: no such file or directory"), "\(missing.errors)")
            try FileManager.default.copyItem(
                atPath: "\(SharedDetector.models)/person-vehicle-bike-detection-2000.bin",
                toPath: "\(folder)/\(network).bin")
            let wrong = try fetch()
            #expect(wrong.status == EX_DATAERR)
            #expect(wrong.errors.contains("\(network).bin: its SHA-256 begins with f20d648a and not with e2036fdb"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/person-vehicle-bike.safetensors"))
        }
    }

    // MARK: - The server

    /// What a fetch gave, and what lies in the folder for models and in the one for temporary files afterwards.
    private struct Outcome {
        var status: Int32
        var output: String
        var errors: String
        var info: String
        var files: [String]
        var leftovers: [String]
    }

    private func withServer(
        of folder: String, fault: String? = nil, isTrusted: Bool = true,
        _ body: ((String) throws -> Outcome) throws -> Void
    ) throws {
        try Lookout.withFolder { own in
            for name in ["models", "temporary"] {
                try FileManager.default.createDirectory(atPath: "\(own)/\(name)", withIntermediateDirectories: true)
            }
            let made = try Lookout.run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "\(own)/key.pem", "-out",
                    "\(own)/certificate.pem",
                ])
            try #require(made.status == 0, "\(made.errors)")
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
                "Peers/https-server.py"
            ).path
            let server = try PeerProcess("/usr/bin/python3") { port in
                [script, "\(port)", "\(own)/certificate.pem", "\(own)/key.pem", folder] + [fault].compactMap { $0 }
            }
            defer { server.kill() }
            var environment = ["LOOKOUT_MODELS": "\(own)/models", "TMPDIR": "\(own)/temporary"]
            if isTrusted { environment["CURL_CA_BUNDLE"] = "\(own)/certificate.pem" }
            try body { name in
                let run = try Lookout.run(
                    "model", "fetch", "--from", "https://127.0.0.1:\(server.port)/models/", name,
                    environment: environment)
                return Outcome(
                    status: run.status, output: run.output, errors: run.errors,
                    info: try Lookout.run("model", "info", name, environment: environment).output,
                    files: try FileManager.default.contentsOfDirectory(atPath: "\(own)/models"),
                    leftovers: try FileManager.default.contentsOfDirectory(atPath: "\(own)/temporary"))
            }
        }
    }
}
