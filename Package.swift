// swift-tools-version: 6.2
import PackageDescription

// One room per subject; each target lists only rooms below it (see README, "The house").
let package = Package(
    name: "tillgate",
    products: [
        .executable(name: "tillgate", targets: ["tillgate"]),
        .library(name: "LineProtocol", targets: ["LineProtocol"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // Pure: no clock, no socket, no database, no randomness.
        .target(name: "Retail"),
        .target(name: "Loyalty", dependencies: ["Retail"]),
        .target(name: "LineProtocol", dependencies: ["Retail"]),
        .target(name: "HTTPMessage"),

        // The outside world, each side of it in one room.
        .target(name: "CEventLoop", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "Certificates", dependencies: ["CEventLoop"]),
        .target(name: "EventLoop", dependencies: ["CEventLoop"]),
        .target(
            name: "Journal",
            dependencies: [
                "Retail", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "Upstream", dependencies: ["CCurl"]),

        // What the project exists for.
        .target(
            name: "Gateway",
            dependencies: [
                "Retail", "Loyalty", "LineProtocol", "EventLoop", "Certificates", "Journal", "Upstream",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "tillgate",
            dependencies: [
                "Gateway",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                "Yams",
            ]),
    ]
)

for target in package.targets where ![.system, .plugin].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [.enableUpcomingFeature("ExistentialAny")]
}
