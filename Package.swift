// swift-tools-version: 6.2
import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

// One room per subject; each target lists only rooms below it (see README, "The house").
let package = Package(
    name: "tillgate",
    products: [
        .executable(name: "tillgate", targets: ["tillgate"]),
        .executable(name: "register", targets: ["register"]),
        .executable(name: "storeapp", targets: ["storeapp"]),
        .executable(name: "website", targets: ["website"]),
        .executable(name: "faultproxy", targets: ["faultproxy"]),
        .executable(name: "upstream-simulator", targets: ["upstream-simulator"]),
        .executable(name: "tillgate-simulation", targets: ["tillgate-simulation"]),
        .library(name: "TillClient", targets: ["TillClient"]),
        .library(name: "LineProtocol", targets: ["LineProtocol"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // Pure: no clock, no socket, no database, no randomness.
        .target(name: "Retail"),
        .target(name: "Loyalty", dependencies: ["Retail"]),
        .target(name: "LineProtocol", dependencies: ["Retail"]),
        .target(name: "HTTPMessage"),
        .target(name: "ImportFiles", dependencies: ["LineProtocol"]),
        .target(name: "ReceiptExport", dependencies: ["LineProtocol", "Retail"]),
        .target(name: "Replay", dependencies: ["ImportFiles", "Retail", "LineProtocol"]),

        // The outside world, each side of it in one room.
        .target(name: "Locking"),
        .target(name: "CScheduling"),
        .target(name: "Crew", dependencies: ["CScheduling", "Locking"]),
        .target(name: "CEventLoop", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "Certificates", dependencies: ["CEventLoop"]),
        .target(name: "EventLoop", dependencies: ["CEventLoop", "CScheduling", "Locking"]),
        .target(
            name: "Journal",
            dependencies: [
                "Crew", "Locking", "Loyalty", "Retail", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .target(name: "ProgrammeFiles", dependencies: ["Loyalty", "Retail", "Yams"]),
        .target(name: "TrialQuotes", dependencies: ["Loyalty", "ProgrammeFiles", "Retail"]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .systemLibrary(name: "CZlib"),
        .target(name: "Gzip", dependencies: ["CZlib"]),
        .target(name: "Upstream", dependencies: ["CCurl", "Certificates", "Gzip", "LineProtocol", "Locking"]),
        .target(name: "WebIngress", dependencies: ["EventLoop", "HTTPMessage", "Locking"]),
        .target(
            name: "WebRouter",
            dependencies: [
                "HTTPMessage", "Locking", .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
            ]),

        // What the project exists for.
        .target(
            name: "Gateway",
            dependencies: [
                "Crew", "Locking", "Retail", "Loyalty", "LineProtocol", "EventLoop", "Certificates", "Journal",
                "ProgrammeFiles",
                "Upstream", "HTTPMessage", "WebIngress", "WebRouter",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "tillgate",
            dependencies: [
                "Gateway", "ImportFiles", "Locking", "ProgrammeFiles", "ReceiptExport", "Replay", "TrialQuotes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        // The other side of the line: what a till vendor ships, and programs that play every peer.
        .target(name: "TillClient", dependencies: ["EventLoop", "LineProtocol", "Locking", "Retail"]),
        .target(
            name: "SimulatorKit",
            dependencies: ["TillClient", "EventLoop", "LineProtocol", "Locking", "Retail", argumentParser],
            path: "simulators/kit"),
        .executableTarget(
            name: "register", dependencies: ["SimulatorKit", "Locking", argumentParser], path: "simulators/register"),
        .executableTarget(
            name: "storeapp", dependencies: ["SimulatorKit", "Locking", argumentParser], path: "simulators/storeapp"),
        .executableTarget(
            name: "website",
            dependencies: ["SimulatorKit", "SimulatedHTTP", "WebhookReceiver", "Locking", argumentParser],
            path: "simulators/website"),
        .target(
            name: "WebhookReceiver",
            dependencies: ["Certificates", "HTTPMessage", "LineProtocol", "Locking", "Retail", "SimulatedHTTP"],
            path: "simulators/webhooks"),
        .executableTarget(
            name: "faultproxy", dependencies: ["SimulatorKit", argumentParser], path: "simulators/faultproxy"),
        .target(name: "SimulatedHTTP", dependencies: ["HTTPMessage", "EventLoop"], path: "simulators/http"),
        .target(
            name: "UpstreamSimulator",
            dependencies: ["Certificates", "Gzip", "SimulatedHTTP", "HTTPMessage", "LineProtocol"],
            path: "simulators/upstream/UpstreamSimulator"),
        .executableTarget(
            name: "upstream-simulator",
            dependencies: ["UpstreamSimulator", "SimulatedHTTP", "EventLoop", argumentParser],
            path: "simulators/upstream/upstream-simulator"),

        .testTarget(name: "RetailTests", dependencies: ["Retail", "TestSupport"]),
        .testTarget(
            name: "LoyaltyTests", dependencies: ["Loyalty", "Retail", "TestSupport", "Yams"], exclude: ["Cases"]),
        .testTarget(
            name: "ProgrammeFilesTests", dependencies: ["Loyalty", "ProgrammeFiles", "Retail", "TestSupport"]),
        .testTarget(
            name: "TrialQuotesTests",
            dependencies: ["Loyalty", "ProgrammeFiles", "Retail", "TestSupport", "TrialQuotes"]),
        .testTarget(name: "LineProtocolTests", dependencies: ["LineProtocol", "Retail", "TestSupport"]),
        .testTarget(name: "HTTPMessageTests", dependencies: ["HTTPMessage"]),
        .testTarget(name: "ImportFilesTests", dependencies: ["ImportFiles", "LineProtocol", "Retail", "TestSupport"]),
        .testTarget(name: "ReceiptExportTests", dependencies: ["LineProtocol", "ReceiptExport", "Retail"]),
        .testTarget(name: "ReplayTests", dependencies: ["Replay"]),
        .testTarget(
            name: "UpstreamTests", dependencies: ["Certificates", "Gzip", "Locking", "TestSupport", "Upstream"]),
        .testTarget(
            name: "WebhookReceiverTests",
            dependencies: ["WebhookReceiver", "HTTPMessage", "LineProtocol", "Retail", "SimulatedHTTP"]),
        .testTarget(
            name: "UpstreamSimulatorTests",
            dependencies: [
                "UpstreamSimulator", "SimulatedHTTP", "HTTPMessage", "Upstream", "EventLoop", "Certificates", "Gzip",
                "TestSupport",
            ]),

        .testTarget(
            name: "TillClientTests",
            dependencies: ["TillClient", "EventLoop", "LineProtocol", "Locking", "TestSupport", "Certificates"]),
        .testTarget(
            name: "SimulatorKitTests",
            dependencies: [
                "SimulatorKit", "TillClient", "EventLoop", "LineProtocol", "Locking", "Retail", "TestSupport",
            ]),
        .testTarget(
            name: "EventLoopTests", dependencies: ["EventLoop", "Certificates", "CEventLoop", "Locking", "TestSupport"]),
        .testTarget(name: "CertificatesTests", dependencies: ["Certificates", "CEventLoop"]),
        .target(name: "TestSupport", dependencies: ["Locking"], path: "Tests/Support"),
        // A disk under SQLite that fails as a test wants it to.
        .target(
            name: "CFaultyDisk", path: "Tests/FaultyDisk/CFaultyDisk", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "FaultyDisk", dependencies: ["CFaultyDisk", "Locking", "TestSupport"],
            path: "Tests/FaultyDisk/FaultyDisk"),
        // The whole gateway and everybody around it, on one thread, in virtual time, out of a seed (make simulate).
        .executableTarget(
            name: "tillgate-simulation",
            dependencies: [
                "Certificates", "Crew", "EventLoop", "FaultyDisk", "Gateway", "Journal", "LineProtocol", "Locking",
                "Loyalty", "ProgrammeFiles", "Retail", "TestSupport", "Upstream", argumentParser,
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "simulators/simulation", exclude: ["README.md"]),
        .testTarget(name: "SimulationTests", dependencies: ["tillgate-simulation"]),
        .testTarget(name: "CrewTests", dependencies: ["Crew", "Locking", "TestSupport"]),
        .testTarget(
            name: "JournalTests",
            dependencies: [
                "Crew", "FaultyDisk", "Journal", "Locking", "Loyalty", "Retail", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "Certificates", "Crew", "EventLoop", "FaultyDisk", "Journal", "LineProtocol", "Locking",
                "Loyalty",
                "ProgrammeFiles",
                "Retail", "TillClient", "Upstream", "SimulatedHTTP", "UpstreamSimulator", "WebhookReceiver",
                "TestSupport", "HTTPMessage", "Yams",
                .product(name: "Logging", package: "swift-log"),
            ]),

        // What is fed with made-up input (make fuzz); every kept input is tried by the tests as well.
        .target(
            name: "ReaderTargets",
            dependencies: [
                "Certificates", "HTTPMessage", "ImportFiles", "LineProtocol", "Loyalty", "ProgrammeFiles", "Retail",
                "TillClient", "Upstream", "WebhookReceiver",
            ], path: "Tests/Fuzz/ReaderTargets"),
        .target(
            name: "GatewayTargets",
            dependencies: [
                "Certificates", "EventLoop", "Gateway", "HTTPMessage", "Journal", "LineProtocol", "Locking",
                "ProgrammeFiles", "ReaderTargets", "Retail", "TestSupport", "WebRouter",
                .product(name: "Logging", package: "swift-log"),
            ], path: "Tests/Fuzz/GatewayTargets"),
        .testTarget(
            name: "FuzzCorpusTests", dependencies: ["ReaderTargets", "GatewayTargets", "TestSupport"],
            path: "Tests/Fuzz/CorpusTests"),
    ]
)

// CI builds with TILLGATE_STRICT=1: a warning is an error there, and never in the way of somebody with a newer compiler.
let strict = Context.environment["TILLGATE_STRICT"] == "1"
for target in package.targets where ![.system, .plugin].contains(target.type) {
    let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]
    target.swiftSettings = (target.swiftSettings ?? []) + settings + (strict ? [.treatAllWarnings(as: .error)] : [])
}

// libFuzzer's own programs and the counters that lead it are in nobody's way: they are built by scripts/fuzz alone,
// which says where the toolchain keeps the library.
if let library = Context.environment["TILLGATE_LIBFUZZER"] {
    let programs = ["FuzzReaders": "ReaderTargets", "FuzzGateway": "GatewayTargets"]
    package.targets.append(.target(name: "LibFuzzer", path: "Tests/Fuzz/LibFuzzer"))
    for (program, subject) in programs {
        package.targets.append(
            .executableTarget(
                name: program, dependencies: ["LibFuzzer", "ReaderTargets", .init(stringLiteral: subject)],
                path: "Tests/Fuzz/\(program)",
                linkerSettings: [.unsafeFlags(["-Xlinker", library]), .linkedLibrary("stdc++")]))
    }
    for target in package.targets where ![.system, .plugin, .test].contains(target.type) && target.name != "LibFuzzer" {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer"])]
    }
}
