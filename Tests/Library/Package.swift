// swift-tools-version: 6.2

import PackageDescription

// A package that depends on the library product: `make library-test` builds and runs it. It is a root package of its own,
// so it sees MobileNet as any other package does. The name is given because the identity of a dependency by path is
// otherwise that of its folder.
let package = Package(
    name: "outside",
    dependencies: [.package(name: "lookout", path: "../..")],
    targets: [
        .executableTarget(
            name: "ClassifyOutside", dependencies: [.product(name: "MobileNet", package: "lookout")])
    ]
)
