import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import ServiceLifecycle
import SharekhanSimulator
import Threads
import TradingTime
import UnixSignals

/// A broker that speaks Sharekhan's wire, for paper trading, the demo and tests.
@main
struct SharekhanSimulatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sharekhan-simulator",
    abstract: "A broker that speaks Sharekhan's wire, with made-up customers and prices.",
    discussion: """
      Prints one line, "listening on ADDRESS:PORT", once it accepts connections.

      Example: sharekhan-simulator --listen 127.0.0.1:8500 --accounts 3 \\
        --clock 2026-07-09T09:14:00+05:30 --speed 60
      """)

  @Option(help: "Address and port; port 0 takes a free one.")
  var listen = "127.0.0.1:0"

  @Option(help: "How many customers there are: 1000001, 1000002, … (1 to 1000).")
  var accounts = 2

  @Option(help: "How many made-up shares are listed beside the well-known ones (up to 9999).")
  var madeUpShares = 0

  @Option(help: "Decides every price and every trade; the same seed, the same day.")
  var seed: UInt64 = 1

  @Option(help: "End-of-day prices to follow, as CSV: session,symbol,series,open,high,low,…")
  var prices: String?

  @Option(help: "A JSON list of faults to show.")
  var faults: String?

  @Option(help: "Everything goes wrong at random: this part of all requests and frames, 0 to 1.")
  var chaos = 0.0

  @Option(help: "Simulated time T, at real time REAL (default: now): T@REAL, both RFC 3339.")
  var clock: String?

  @Option(help: "Simulated seconds in each real second.")
  var speed = 1.0

  @Option(help: "Where the login page sends the browser.")
  var redirect = Settings().redirect

  @Option(help: "The API key that clients must send.")
  var apiKey = Settings().apiKey

  @Option(help: "Real seconds between two heartbeats of a socket.")
  var heartbeat = 30.0

  @Flag(help: "Demand the order's own RMS code on MODIFY and CANCEL.")
  var strictRms = false

  @Flag(help: "Listen on other addresses than loopback, where anyone can trade and turn the clock.")
  var allowRemote = false

  @Flag(help: "Stop when standard input is closed.")
  var exitWithParent = false

  @Flag(help: "A line to standard error for each request: method, path, status.")
  var verbose = false

  func run() async throws {
    do {
      try await serve()
    } catch let error as any CustomStringConvertible & Error where !(error is ValidationError) {
      Output.error("sharekhan-simulator: \(error)")
      throw ExitCode(78)
    }
  }

  private func serve() async throws {
    let address = try ListenAddress(listen, allowRemote: allowRemote)
    let simulator = try makeSimulator()
    signal(SIGPIPE, SIG_IGN)
    if exitWithParent, !StandardInput.stopProgramWhenClosed() {
      throw Refusal("no thread to be had for watching standard input")
    }
    let log: SimulatorServer.Log = { line in Output.error(line) }
    let server = SimulatorServer(
      simulator, host: address.host, port: address.port, log: verbose ? log : nil)
    let quiet = Logger(label: "sharekhan-simulator") { _ in SwiftLogNoOpLogHandler() }
    let service = ServerService(server: server, logger: quiet) { port in
      Output.line("listening on \(address.shown):\(port)")
    }
    var configuration = ServiceGroupConfiguration(
      services: [ServiceGroupConfiguration.ServiceConfiguration(service: service)],
      gracefulShutdownSignals: [UnixSignal.sigterm, UnixSignal.sigint], logger: quiet)
    // Nothing here is worth waiting for, least of all an answer that a fault rule holds back.
    configuration.maximumGracefulShutdownDuration = Duration.milliseconds(300)
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch {
      throw Refusal("cannot listen on \(listen): \(error)")
    }
  }

  private func makeSimulator() throws -> Simulator {
    var settings = Settings()
    settings.accounts = accounts
    settings.seed = seed
    settings.madeUpShares = madeUpShares
    settings.redirect = redirect
    settings.strictRMS = strictRms
    settings.apiKey = apiKey
    guard (0.1...3600).contains(heartbeat) else {
      throw ValidationError("--heartbeat must be between 0.1 and 3600, got \(heartbeat)")
    }
    settings.heartbeat = .milliseconds(Int64(heartbeat * 1000))
    if let prices { settings.prices = try RecordedPrices(csv: read(prices)) }
    if let faults {
      guard let json = JSON(reading: try read(faults).utf8) else {
        throw Refusal("\(faults): not JSON")
      }
      settings.faults = try FaultRule.list(json)
    }
    if chaos != 0 { settings.faults.append(try FaultRule.chaos(rate: chaos)) }
    settings.clock = try makeClock()
    return try Simulator(settings, now: SharekhanSimulatorCommand.now)
  }

  private func makeClock() throws -> SimulatedClock {
    guard (0...100_000).contains(speed) else {
      throw ValidationError("--speed must be between 0 and 100000, got \(speed)")
    }
    let now = SharekhanSimulatorCommand.now()
    guard let clock else {
      return speed == 1
        ? .real : SimulatedClock(simulatedAt: now, realAt: now, speed: speed)
    }
    guard let simulated = SimulatedClock(clock, speed: speed, now: now) else {
      throw ValidationError(
        "--clock must be like 2026-07-09T09:14:00+05:30@2026-11-22T10:00:00+05:30, got \(clock)")
    }
    return simulated
  }

  private func read(_ path: String) throws -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Refusal("\(path): cannot be read")
    }
  }

  @Sendable private static func now() -> Instant {
    Instant(microseconds: SystemClock.microsecondsSinceEpoch())
  }
}

/// Bad configuration, in words; the program ends with 78.
struct Refusal: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

private struct ServerService: Service {
  let server: SimulatorServer
  let logger: Logger
  let ready: @Sendable (Int) -> Void

  func run() async throws {
    try await server.run(logger: logger, ready: ready)
  }
}
