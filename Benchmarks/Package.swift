// swift-tools-version:6.2
import PackageDescription

// Measurements that are programs of their own. The targets of Modules are the product's folders,
// linked, so that `package` access works and the product's own build stays as it is.

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

let package = Package(
    name: "benchmarks",
    dependencies: [.package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0")],
    targets: [
        .target(name: "Model", path: "Modules/Model", swiftSettings: strict),
        .target(
            name: "Ledger", dependencies: ["Model"], path: "Modules/Ledger",
            swiftSettings: strict),
        .target(name: "Migrations", path: "Modules/Migrations"),
        .target(name: "CStore", path: "Modules/CStore"),
        .target(
            name: "Store", dependencies: ["Model", "Migrations", "CStore", grdb, sqlite],
            path: "Modules/Store", swiftSettings: strict),
        .target(name: "Yardstick", path: "Yardstick", cSettings: [.unsafeFlags(["-O3"])]),
        .executableTarget(
            name: "LedgerBench", dependencies: ["Model", "Ledger", "Yardstick"],
            path: "LedgerBench", swiftSettings: common),
        .executableTarget(
            name: "SyntheticRecording", dependencies: ["Model", "Ledger", "Store", grdb],
            path: "SyntheticRecording", swiftSettings: common),
        .executableTarget(
            name: "WritePath", dependencies: ["Model", "Store", grdb, sqlite], path: "WritePath",
            swiftSettings: common),
        .executableTarget(
            name: "Pruning", dependencies: ["Model", "Store", grdb], path: "Pruning",
            swiftSettings: common),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c2x
)
