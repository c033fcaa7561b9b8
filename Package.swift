// swift-tools-version: 6.1
import Foundation
import PackageDescription

let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let serviceLifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")

let package = Package(
    name: "mlmon",
    products: [.executable(name: "mlmon", targets: ["mlmon"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        // Level 0: the vocabulary.
        .target(name: "TimeSeries"),

        // Level 1: pure engines, and one owner for each C library.
        .target(name: "CCurl"),
        .target(name: "CDetection"),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CNcurses"),
        .target(name: "Querying", dependencies: ["TimeSeries"]),
        .target(name: "Detection", dependencies: ["CDetection", "TimeSeries"]),
        .target(name: "HTTP", dependencies: ["CCurl"]),
        .target(name: "Terminal", dependencies: ["CNcurses"]),

        // Level 2: where samples come from, and where they stay.
        .target(
            name: "Scraping",
            dependencies: ["HTTP", "Querying", "TimeSeries", heap, logging]),
        .target(name: "Storage", dependencies: ["Querying", "TimeSeries", grdb, sqlite]),

        // Level 3 and 4: what is made of them.
        .target(
            name: "Alerting",
            dependencies: ["Detection", "Storage", "Querying", "HTTP", "TimeSeries", logging]),
        .target(
            name: "Dashboards",
            dependencies: ["Terminal", "Alerting", "Storage", "Querying", "TimeSeries"]),

        // Level 5: the edges.
        .target(
            name: "Configuring",
            dependencies: [
                "Alerting", "Dashboards", "Detection", "HTTP", "Querying", "Scraping", "Storage",
                "TimeSeries", yams,
            ],
            exclude: ["Shipped/alerts/tests"],
            resources: [
                .embedInCode("Shipped/presets"), .embedInCode("Shipped/alerts"),
                .embedInCode("Shipped/dashboards"),
            ]),
        .target(name: "DemoFleet", dependencies: [hummingbird, logging]),
        .target(
            name: "API",
            dependencies: [
                "Alerting", "Configuring", "Querying", "Storage", "TimeSeries", hummingbird,
                hummingbirdCore, hummingbirdTLS, logging, serviceLifecycle,
            ]),

        // Level 6: the program.
        .executableTarget(
            name: "mlmon",
            dependencies: [
                "API", "Alerting", "CMalloc", "Configuring", "Dashboards", "DemoFleet", "Detection",
                "HTTP", "Querying", "Scraping", "Storage", "Terminal", "TimeSeries",
                argumentParser, logging, serviceLifecycle,
            ],
            // Understands `-z pack-relative-relocs` of the Makefile, which the toolchain's gold
            // does not: 4 MB less to map and to relocate at every start.
            linkerSettings: [
                .unsafeFlags(
                    ["-use-ld=lld"], .when(platforms: [.linux], configuration: .release))
            ]),

        .testTarget(name: "TimeSeriesTests", dependencies: ["TimeSeries"]),
        .testTarget(name: "QueryingTests", dependencies: ["Querying", "TestSupport"]),
        .testTarget(
            name: "DetectionTests", dependencies: ["CDetection", "Detection", "TestSupport"],
            resources: [.copy("Golden")]),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", "TestSupport"]),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal"]),
        .testTarget(
            name: "ScrapingTests", dependencies: ["Scraping", "TestSupport"],
            resources: [.copy("Pages")]),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Querying", "Storage", "TestSupport", "TimeSeries", grdb,
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "AlertingTests", dependencies: ["Alerting", "Configuring", "TestSupport", yams]),
        .testTarget(
            name: "DashboardsTests", dependencies: ["Dashboards", "TestSupport"],
            resources: [.copy("Snapshots")]),
        .testTarget(
            name: "ConfiguringTests", dependencies: ["Configuring"],
            resources: [.copy("Captures")]),
        .testTarget(name: "DemoFleetTests", dependencies: ["DemoFleet", "HTTP"]),
        .testTarget(
            name: "APITests",
            dependencies: [
                "API", "Alerting", "Configuring", "HTTP", "Querying", "Storage", "TestSupport",
                "TimeSeries", logging,
            ]),
        .testTarget(
            name: "MonitorTests",
            dependencies: [
                "mlmon", "Detection", "Querying", "Storage", "TestSupport", "TimeSeries",
            ]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["mlmon", "TestSupport", "HTTP", grdb]),
        .target(name: "TestSupport", path: "Tests/TestSupport"),
    ],
    swiftLanguageModes: [.v6]
)

// The benchmarks and the library they need are part of the package only when asked for (`make
// bench`), so that no build or test has to pay for them.
if ProcessInfo.processInfo.environment["MLMON_BENCHMARKS"] != nil {
    // Loads and queries a store for Benchmarks/differential/run.py.
    package.targets.append(
        .executableTarget(
            name: "DifferentialRun",
            dependencies: [
                "API", "Configuring", "Querying", "Storage", "TimeSeries", logging,
            ],
            path: "Benchmarks/DifferentialRun"))
    package.dependencies.append(
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []))
    package.targets.append(
        .target(name: "CountedMalloc", path: "Benchmarks/CountedMalloc"))
    package.targets.append(
        .executableTarget(
            name: "MLMonBenchmarks",
            dependencies: [
                "CountedMalloc", "Detection", "Querying", "Scraping", "Storage", "TimeSeries",
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/MLMonBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]))
}
