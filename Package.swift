// swift-tools-version: 6.2

import PackageDescription

// The inner loops are optimised in debug builds too, so that `swift test` runs what users run.
// `-wmo` lets a generic tile of one file be specialised in another; `-num-threads` makes it keep one
// object a file, which the debug build's file map expects. Reflection data would only add symbols.
let kernelFlags = [
    "-Ounchecked", "-disable-batch-mode", "-wmo", "-num-threads", "1", "-suppress-remarks",
    "-Xfrontend", "-disable-reflection-metadata",
]

/// The same loops (Sources/Kernels/Loops and Integer, linked into each folder), compiled for one instruction set.
func kernels(_ name: String, path: String, clangFlags: [String]) -> Target {
    .target(
        name: name, dependencies: ["CIntrinsics", "KernelInterface"], path: path,
        swiftSettings: [.unsafeFlags(kernelFlags + clangFlags.flatMap { ["-Xcc", $0] })])
}

let avx512Flags = [
    "-mavx512f", "-mavx512vl", "-mavx512bw", "-mavx512dq", "-mfma", "-mprefer-vector-width=512",
]

#if arch(x86_64)
    let kernelTargets = [
        kernels("KernelsPortable", path: "Sources/Kernels/Portable", clangFlags: []),
        kernels(
            "KernelsAVX2", path: "Sources/Kernels/AVX2",
            clangFlags: ["-mavx2", "-mfma", "-mtune=haswell"]),
        kernels("KernelsAVX512", path: "Sources/Kernels/AVX512", clangFlags: avx512Flags),
        // The integer loops only.
        kernels(
            "KernelsAVX512VNNI", path: "Sources/Kernels/AVX512VNNI", clangFlags: avx512Flags + ["-mavx512vnni"]),
    ]
#else
    let kernelTargets = [kernels("KernelsPortable", path: "Sources/Kernels/Portable", clangFlags: [])]
#endif

let ffmpegPackages = ["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"]

let package = Package(
    name: "lookout",
    products: [
        .executable(name: "lookout", targets: ["lookout"]),
        // Other packages can depend on this product by path, branch, revision or version: all were tried with Swift 6.3.1,
        // and `make library-test` tries the path. The kernels need unsafeFlags (-Ounchecked and the instruction sets; Swift
        // has no target features for a single function). SwiftPM accepts those in a dependency with a version since Swift
        // 6.2, for packages with this tools version; earlier ones accept them only by path, branch or revision.
        .library(name: "MobileNet", targets: ["MobileNet"]),
    ],
    // Exact versions, so that a fresh checkout is built of what was tested: Package.resolved is not committed, for the
    // commit ids in it differ where packages come from a mirror. The last two are what swift-nio needs, whose own manifest
    // names ranges: Service depends on them for no other reason. To update one, change it here and run the tests.
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-atomics.git", exact: "1.3.0"),
        .package(url: "https://github.com/apple/swift-collections.git", exact: "1.6.0"),
    ],
    targets: [
        .systemLibrary(name: "CIntrinsics"),
        .target(name: "KernelInterface", path: "Sources/Kernels/Interface"),
        .target(
            name: "Kernels",
            dependencies: ["CIntrinsics", "KernelInterface"]
                + kernelTargets.map { .target(name: $0.name) },
            path: "Sources/Kernels/Dispatch"),
        .target(
            name: "MobileNet",
            dependencies: ["Basics", "CExpat", "CIntrinsics", "KernelInterface", "Kernels"]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CFFmpeg", pkgConfig: "libavformat", providers: [.apt(ffmpegPackages)]),
        // What Debian's FFmpeg speaks TLS with: it is watched over at that.
        .systemLibrary(name: "CGnuTLS", pkgConfig: "gnutls", providers: [.apt(["libgnutls28-dev"])]),
        .systemLibrary(name: "CV4L2", pkgConfig: "libv4l2", providers: [.apt(["libv4l-dev"])]),
        .systemLibrary(name: "CLinux"),
        .target(name: "Basics", dependencies: ["CLinux", .product(name: "SystemPackage", package: "swift-system")]),
        .target(
            name: "Capture", dependencies: ["Basics", "CFFmpeg", "CGnuTLS", "CV4L2"],
            // FFmpeg's libraries are to call this program's; see Sources/Capture/Connections/LinkedFunctions.swift.
            linkerSettings: [
                .unsafeFlags(
                    ["connect", "gnutls_handshake", "gnutls_server_name_set", "recv"].flatMap {
                        ["-Xlinker", "--export-dynamic-symbol=\($0)"]
                    })
            ]),
        .target(
            name: "Events",
            dependencies: ["Basics", "CLinux", .product(name: "SystemPackage", package: "swift-system")]),
        .target(
            name: "Watch",
            dependencies: [
                "Basics", "Capture", "Events", "MobileNet", .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "Archive",
            dependencies: [
                "Basics", "Capture", "Events", "Watch", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [
                .embedInCode("Report/Page/report.css"), .embedInCode("Report/Page/report.html"),
                .embedInCode("Report/Page/report.js"),
            ]),
        .target(
            name: "Service",
            dependencies: [
                "Basics", "CLinux", "Capture", "Events", "MobileNet", "Watch",
                .product(name: "Atomics", package: "swift-atomics"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(
            name: "lookout",
            dependencies: [
                "Archive", "Basics", "CLinux", "Capture", "Events", "MobileNet", "Service", "Watch",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(name: "KernelsTests", dependencies: ["KernelInterface", "Kernels"]),
        .testTarget(name: "CaptureTests", dependencies: ["Basics", "Capture", "CFFmpeg", "CV4L2", "TestSupport"]),
        .testTarget(
            name: "BasicsTests",
            dependencies: [
                "Basics", "CLinux", "TestSupport", .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(name: "EventsTests", dependencies: ["Basics", "Events", "TestSupport"]),
        .testTarget(
            name: "MobileNetTests", dependencies: ["Basics", "KernelInterface", "MobileNet"],
            exclude: ["Goldens", "Fixtures"]),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "Basics", "Capture", "Events", "MobileNet", "Service", "TestSupport", "Watch",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Metrics/golden.prom"]),
        .target(name: "TestSupport", dependencies: ["Basics"], path: "Tests/Support", exclude: ["Peers"]),
        .testTarget(
            name: "WatchTests", dependencies: ["Basics", "Capture", "Events", "MobileNet", "TestSupport", "Watch"],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "ArchiveTests", dependencies: ["Archive", "Basics", "Events", "TestSupport"]),
        .testTarget(
            name: "CommandTests",
            dependencies: ["Basics", "Events", "Kernels", "MobileNet", "TestSupport", "Watch", "lookout"],
            exclude: ["Peers"]),
        .testTarget(
            name: "FaultTests", dependencies: ["Basics", "TestSupport", "lookout"],
            exclude: ["Fixtures", "Peers", "README.md"]),
    ] + kernelTargets,
    swiftLanguageModes: [.v6]
)
