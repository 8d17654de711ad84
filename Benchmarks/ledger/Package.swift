// swift-tools-version:6.2
import PackageDescription

// What the ledger and one dumped sample cost, beside the same work in C. The targets of Modules are
// the product's folders, linked, so that `package` access works and its own build stays as it is.

let common: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let strict: [SwiftSetting] = common + [.strictMemorySafety()]

let package = Package(
    name: "ledger-benchmarks",
    targets: [
        .target(name: "Model", path: "Modules/Model", swiftSettings: strict),
        .target(name: "CKernel", path: "Modules/CKernel"),
        .target(
            name: "Wire", dependencies: ["Model"], path: "Modules/Wire", swiftSettings: strict),
        .target(
            name: "Probe", path: "Modules/Probe", exclude: ["probe.bpf.c", "probe.bpf.o"]),
        .systemLibrary(name: "CBPF", path: "Modules/CBPF", providers: [.apt(["libbpf-dev"])]),
        .target(
            name: "Kernel", dependencies: ["Model", "Wire", "CKernel", "Probe", "CBPF"],
            path: "Modules/Kernel", swiftSettings: strict),
        .target(
            name: "Ledger", dependencies: ["Model"], path: "Modules/Ledger",
            swiftSettings: strict),
        .target(name: "Yardstick", path: "Yardstick", cSettings: [.unsafeFlags(["-O3"])]),
        .executableTarget(
            name: "LedgerBench", dependencies: ["Model", "Ledger", "Yardstick"],
            path: "LedgerBench", swiftSettings: common),
        .executableTarget(
            name: "SampleBench", dependencies: ["Model", "Kernel", "Ledger", "Yardstick"],
            path: "SampleBench", swiftSettings: common),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c2x
)
