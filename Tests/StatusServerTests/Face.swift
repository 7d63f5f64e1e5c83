import Desk
import DeskStore
import HTTPClient
import JobStore
import Jobs
import Logging
import Postgres
import ServiceLifecycle
import Support
import Testing
import Threads
import TradingTime

@testable import StatusServer

/// Both wings' schemas.
let houseTemplate = FreshDatabase.template(named: "house") { connection in
  try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all)
    .migrate(connection)
  try await DeskMigrations.migrator.migrate(connection)
}

/// A runner's report that a test may change while the server serves.
final class Reporter: Sendable {
  private let kept: Locked<RunnerReport>

  init() {
    var report = RunnerReport(
      holder: "desk-1:boot:1:word", startedAt: Instant(secondsSinceEpoch: 1_752_000_000))
    report.loops = [
      .init(name: "claim", movedSecondsAgo: 0.5, limitSeconds: 15),
      .init(name: "sweep", movedSecondsAgo: 1, limitSeconds: 15),
    ]
    report.active = 2
    kept = Locked(report)
  }

  var report: RunnerReport { kept.withLock { $0 } }

  func change(_ change: @Sendable (inout RunnerReport) -> Void) { kept.withLock { change(&$0) } }
}

/// A server on a loopback port of its own, for the time of a test.
struct Face: Sendable {
  let port: Int
  let server: StatusServer
  let reporter: Reporter
  let group: ServiceGroup
  let client = WebClient()

  static let operatorSecret = "operator's secret word"
  static let readerSecret = "reader's secret word"

  static func configuration(host: String = "127.0.0.1") -> StatusConfiguration {
    var configuration = StatusConfiguration(host: host, port: 0)
    configuration.operatorTokens = [AccessToken(name: "asha", secret: operatorSecret)]
    configuration.readTokens = [AccessToken(name: "wall", secret: readerSecret)]
    return configuration
  }

  /// Serves until `body` returns, then stops as SIGTERM would.
  static func serving(
    _ store: JobStore, _ configuration: StatusConfiguration = configuration(),
    desk: DeskFace? = nil, workshop: Workshop = Workshop(), broker: (any Broker)? = nil,
    _ body: @Sendable (Face) async throws -> Void
  ) async throws {
    let listening = Signal("the server listens", of: Int.self)
    let reporter = Reporter()
    let almanac = try almanac()
    let server = StatusServer(
      configuration, store: store, workshop: workshop, desk: desk, broker: broker,
      report: { reporter.report }, almanac: { almanac },
      onListening: { listening.fire($0) })
    let group = ServiceGroup(
      configuration: .init(services: [server], logger: Logger(label: "test")))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      let port = try await listening.wait()
      let face = Face(port: port, server: server, reporter: reporter, group: group)
      do {
        try await body(face)
      } catch {
        await group.triggerGracefulShutdown()
        throw error
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  struct Answer: Sendable {
    var status: Int
    var headers: WebHeaders
    var body: String

    func header(_ name: String) -> String? { headers[name] }

    /// The document; its kind must be the one that was promised.
    func json(_ type: String = "application/json; charset=utf-8") throws -> JSONValue {
      try #require(header("content-type") == type, "\(body)")
      return try parsedJSON(body)
    }

    var problem: JSONValue? { try? json("application/problem+json") }
  }

  func get(
    _ path: String, token: String? = nil, headers: [(name: String, value: String)] = []
  ) async throws -> Answer {
    try await send("GET", path, token: token, headers: headers)
  }

  func post(
    _ path: String, _ body: String = "{}", token: String? = operatorSecret
  ) async throws -> Answer {
    try await send("POST", path, token: token, body: body)
  }

  func send(
    _ method: String, _ path: String, token: String? = nil,
    headers: [(name: String, value: String)] = [], body: String? = nil,
    timeLimit: Duration = .seconds(40)
  ) async throws -> Answer {
    var headers = headers
    if let token { headers.append((name: "Authorization", value: "Bearer \(token)")) }
    let response = try await client.request(
      WebRequest(
        method: method, url: "http://127.0.0.1:\(port)\(path)", headers: headers,
        body: body.map { Array($0.utf8) }, timeLimit: timeLimit))
    return Answer(
      status: response.status, headers: response.headers,
      body: String(decoding: response.body, as: UTF8.self))
  }

  /// Waits until the poller has had its first look.
  func untilItKnows() async throws {
    try await eventually("the server has looked") {
      server.board.snapshot.overview != nil && server.board.snapshot.figures != nil
    }
  }
}
