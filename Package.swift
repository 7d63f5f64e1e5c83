// swift-tools-version: 6.2
import PackageDescription

// Versions are pinned, because money software must rebuild the same; warnings are errors, because a
// warning that is left standing hides the next one.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// What a rehearsal does by the thousand (reading books, reckoning times) is optimised in debug builds
// too; a day in the demo would otherwise take an hour.
let quick = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

func system(_ name: String, _ pkgConfig: String? = nil, apt: String? = nil) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: apt.map { [.apt([$0])] })
}

func library(
  _ name: String, _ dependencies: [Target.Dependency], embedding folder: String? = nil,
  settings: [SwiftSetting] = strict
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: folder.map { [.embedInCode($0)] },
    swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], excluding files: [String] = []
) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: files, swiftSettings: strict)
}

let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioExtras = Target.Dependency.product(name: "NIOExtras", package: "swift-nio-extras")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(
  name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let unixSignals = Target.Dependency.product(
  name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
  name: "muhurat",
  products: [
    .executable(name: "muhurat", targets: ["muhurat"]),
    .executable(name: "sharekhan-simulator", targets: ["sharekhan-simulator"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
  ],
  // From the cellar upwards: imports go down the stairs, never up and never along a floor. The
  // cellar is shared by both wings and all floors.
  targets: [
    system("CCurl", "libcurl", apt: "libcurl4-openssl-dev"),
    system("CLibYAML", "yaml-0.1", apt: "libyaml-dev"),
    system("CLinux"),
    system("CPostgres", "libpq", apt: "libpq-dev"),
    library("Threads", ["CLinux"]),
    library("TradingTime", [], settings: quick),

    library("Postgres", ["CPostgres", "Threads"], settings: quick),
    library("HTTPClient", ["CCurl", "Threads"]),
    library("YAML", ["CLibYAML"]),
    library("Jobs", ["TradingTime"]),
    library("Desk", ["TradingTime"], settings: quick),

    library("JobStore", ["Jobs", "Postgres", "Threads", "TradingTime"], embedding: "Migrations"),
    library("DeskStore", ["Desk", "Postgres", "Threads", "TradingTime"], embedding: "Migrations"),

    library("JobFiles", ["Jobs", "TradingTime", "YAML"]),
    library(
      "Runner",
      [
        "HTTPClient", "JobStore", "Jobs", "Postgres", "Threads", "TradingTime", logging, subprocess,
        systemPackage,
      ]),
    library("Reports", ["Desk", "HTTPClient", "TradingTime"]),
    library(
      "Sharekhan",
      [
        "Desk", "HTTPClient", "Threads", "TradingTime", crypto, nioCore, nioExtras, nioHTTP1,
        nioPosix, nioSSL, nioWebSocket,
      ], settings: quick),

    library(
      "DeskUnits",
      ["Desk", "DeskStore", "JobStore", "Jobs", "Postgres", "Reports", "Threads", "TradingTime"]),
    library(
      "StatusServer",
      [
        "Desk", "DeskStore", "JobStore", "Jobs", "Postgres", "Threads", "TradingTime", crypto,
        httpTypes, hummingbird, lifecycle, logging, nioCore,
      ],
      embedding: "Static"),

    library(
      "Demo",
      ["Desk", "DeskStore", "HTTPClient", "JobStore", "Jobs", "Postgres", "Threads", "TradingTime"]),
    program(
      "muhurat",
      [
        "CLinux", "Demo", "Desk", "DeskStore", "DeskUnits", "HTTPClient", "JobFiles", "JobStore",
        "Jobs", "Postgres", "Reports", "Runner", "Sharekhan", "StatusServer", "Threads",
        "TradingTime", "YAML", arguments, lifecycle, logging, unixSignals,
      ]),

    // A program of its own; nothing of muhurat imports it.
    library(
      "SharekhanSimulator",
      [
        "TradingTime", crypto, httpTypes, hummingbird, hummingbirdCore, logging, nioCore, nioHTTP1,
        nioHTTPTypes, nioHTTPTypesHTTP1, nioWebSocket,
      ],
      settings: quick),
    program(
      "sharekhan-simulator",
      [
        "SharekhanSimulator", "Threads", "TradingTime", arguments, lifecycle, logging, unixSignals,
      ]),

    .executableTarget(
      name: "muhurat-bench",
      dependencies: [
        "JobStore", "Jobs", "Postgres", "Runner", "Threads", "TradingTime", arguments, logging,
        subprocess, systemPackage,
      ], path: "Benchmarks", exclude: ["README.md", "run", "sync"], swiftSettings: strict),

    .target(
      name: "Support", dependencies: ["Postgres", "Threads"], path: "Tests/Support",
      swiftSettings: strict),
    tests("ThreadsTests", ["Support", "Threads"]),
    tests("TradingTimeTests", ["TradingTime"]),
    tests("PostgresTests", ["Postgres", "Support", "Threads"]),
    tests("HTTPClientTests", ["HTTPClient", "Threads", nioCore, nioPosix, nioSSL]),
    tests("YAMLTests", ["YAML"]),
    tests("JobsTests", ["Jobs", "TradingTime"]),
    tests("DeskTests", ["Desk", "TradingTime"]),
    // The schema as it stands is read by its path.
    tests(
      "JobStoreTests", ["JobStore", "Jobs", "Postgres", "Support", "Threads", "TradingTime"],
      excluding: ["schema.sql"]),
    tests("DeskStoreTests", ["Desk", "DeskStore", "Postgres", "Support", "TradingTime"]),
    tests("JobFilesTests", ["JobFiles", "Jobs", "TradingTime", "YAML"]),
    tests(
      "RunnerTests",
      [
        "HTTPClient", "JobStore", "Jobs", "Postgres", "Runner", "Support", "Threads", "TradingTime",
        logging, subprocess,
      ]),
    tests("ReportsTests", ["Desk", "HTTPClient", "Reports", "TradingTime"]),
    tests("DemoTests", ["Demo", "Jobs", "TradingTime"]),
    tests(
      "DeskUnitsTests",
      [
        "Desk", "DeskStore", "DeskUnits", "HTTPClient", "JobStore", "Jobs", "Postgres", "Reports",
        "Sharekhan", "Support", "Threads", "TradingTime",
      ]),
    tests(
      "StatusServerTests",
      [
        "Desk", "DeskStore", "HTTPClient", "JobStore", "Jobs", "Postgres", "StatusServer",
        "Support", "Threads", "TradingTime", crypto, lifecycle, logging,
      ]),
    tests(
      "MuhuratTests",
      [
        "HTTPClient", "JobStore", "Jobs", "Postgres", "Support", "TradingTime", "muhurat",
        arguments,
      ]),
    tests(
      "SharekhanTests",
      [
        "Desk", "HTTPClient", "Sharekhan", "SharekhanSimulator", "Support", "Threads",
        "TradingTime", logging, nioCore, nioHTTP1, nioPosix, nioSSL, nioWebSocket,
      ]),
    tests(
      "SharekhanSimulatorTests",
      ["SharekhanSimulator", "TradingTime", httpTypes, logging, nioCore, nioPosix]),
  ])
