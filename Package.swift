// swift-tools-version:6.2
import PackageDescription

/// What every target is compiled with; tests leave out strict memory safety only.
let common: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let strict: [SwiftSetting] = common + [.strictMemorySafety()]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let testKit = Target.Dependency.product(
    name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "socktape",
    products: [
        .executable(name: "socktape", targets: ["socktape"]),
        // For tests: loaded into the program by LD_PRELOAD.
        .library(name: "FaultyHost", type: .dynamic, targets: ["FaultyHost"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "Model", swiftSettings: strict),
        .target(name: "CKernel"),
        .target(name: "Wire", dependencies: ["Model"], swiftSettings: strict),
        .target(name: "Probe", exclude: ["probe.bpf.c", "probe.bpf.o"]),
        .systemLibrary(name: "CBPF", providers: [.apt(["libbpf-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "Kernel", dependencies: ["Model", "Wire", "CKernel", "Probe", "CBPF", "CZlib"],
            swiftSettings: strict),
        .target(name: "Ledger", dependencies: ["Model"], swiftSettings: strict),
        .target(
            name: "Recorder", dependencies: ["Model", "Ledger", logging, lifecycle],
            swiftSettings: strict),
        .target(name: "Migrations"),
        .target(name: "CStore"),
        .target(
            name: "Store", dependencies: ["Model", "Migrations", "CStore", grdb, sqlite],
            swiftSettings: strict),
        .target(
            name: "Queries", dependencies: ["Model", "Store", grdb, sqlite],
            swiftSettings: strict),
        .target(name: "Statistics", dependencies: ["Model"], swiftSettings: strict),
        .target(name: "Findings", dependencies: ["Model", "Statistics"], swiftSettings: strict),
        .target(name: "Expressions", dependencies: ["Model"], swiftSettings: strict),
        .target(name: "Rendering", dependencies: ["Model"], swiftSettings: strict),
        .executableTarget(
            name: "socktape",
            dependencies: [
                "Model", "Kernel", "Ledger", "Recorder", "Store", "Queries", "Statistics",
                "Findings", "Expressions", "Rendering", arguments, logging, lifecycle, signals,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "TruthGenerator", path: "Tests/TruthGenerator", swiftSettings: common),
        .executableTarget(
            name: "EventListener", dependencies: ["Kernel", "Model"], path: "Tests/EventListener",
            swiftSettings: common),
        .target(name: "FaultyHost", path: "Tests/FaultyHost"),
        .executableTarget(name: "Confined", path: "Tests/Confined", swiftSettings: common),
        .testTarget(name: "ModelTests", dependencies: ["Model"], swiftSettings: common),
        .testTarget(
            name: "WireTests", dependencies: ["Wire", "Model", "CKernel", "Probe"],
            exclude: ["Fixtures/README.md", "Fixtures/capture.py"],
            swiftSettings: common),
        .testTarget(
            name: "LedgerTests", dependencies: ["Ledger", "Model"],
            swiftSettings: common),
        .testTarget(
            name: "RecorderTests",
            dependencies: ["Recorder", "Ledger", "Model", lifecycle, testKit],
            swiftSettings: common),
        .testTarget(
            name: "StoreTests", dependencies: ["Store", "Migrations", "Model", grdb, sqlite],
            swiftSettings: common),
        .testTarget(
            name: "QueriesTests", dependencies: ["Queries", "Store", "Model", grdb, sqlite],
            swiftSettings: common),
        .testTarget(
            name: "StatisticsTests", dependencies: ["Statistics", "Model"],
            exclude: ["survfit.R"], swiftSettings: common),
        .testTarget(
            name: "FindingsTests", dependencies: ["Findings", "Model"], swiftSettings: common),
        .testTarget(
            name: "ExpressionsTests", dependencies: ["Expressions", "Model"],
            swiftSettings: common),
        .testTarget(
            name: "RenderingTests", dependencies: ["Rendering", "Model"], exclude: ["Goldens"],
            swiftSettings: common),
        .testTarget(
            name: "CommandTests", dependencies: ["Model", "Store", grdb], exclude: ["Goldens"],
            swiftSettings: common),
        .testTarget(
            name: "LiveTests",
            dependencies: [
                "Kernel", "Model", "Wire", "Ledger", "Recorder", "Store", "Queries", "CBPF", grdb,
                sqlite,
            ],
            swiftSettings: common),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c2x
)
