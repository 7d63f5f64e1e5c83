import DeskUnits
import HTTPClient
import JobStore
import Jobs
import Runner
import ServiceLifecycle
import StatusServer
import Threads

/// The daemon's HTTP face, started and stopped with it.
struct Endpoint {
  let port: Int
  private let group: ServiceGroup
  private let task: Task<Void, any Error>

  /// - Parameter listen: `address:port`, or `off`.
  /// - Throws: `Refusal` with 78 if the address is taken or unusable.
  static func start(
    _ house: House, _ runner: Runner, _ state: DaemonState, _ feed: FeedLoop?, listen: String
  ) async throws -> Endpoint? {
    guard listen != "off" else { return nil }
    var configuration = try address(listen)
    if let token = try house.secrets.secret("operator-token") {
      configuration.operatorTokens = [AccessToken(name: "operator", secret: token.reveal())]
    }
    if let token = try house.secrets.secret("read-token") {
      configuration.readTokens = [AccessToken(name: "reader", secret: token.reveal())]
    }
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    let server = StatusServer(
      configuration, store: house.control, workshop: house.workshop,
      desk: DeskFace(database: house.desk, pool: house.control.pool), broker: house.broker,
      report: {
        var report = runner.report
        report.reloadRefused = state.reloadRefused
        return report
      }, almanac: { runner.currentAlmanac }, market: { feed?.status }, logger: house.log,
      onListening: { port in
        continuation.yield(port)
        continuation.finish()
      })
    let group = ServiceGroup(
      configuration: .init(services: [.init(service: server)], logger: house.log))
    let task = Task {
      defer { continuation.finish() }
      try await group.run()
    }
    for await port in ports { return Endpoint(port: port, group: group, task: task) }
    do {
      try await task.value
      throw Refusal(.configuration, "the status endpoint ended before it listened on \(listen)")
    } catch let error as StatusServerError {
      throw Refusal(.configuration, error.description)
    }
  }

  func stop() async {
    await group.triggerGracefulShutdown()
    // An open stream must not keep the daemon: it ends with the process.
    let limit = Task {
      try await SystemClock.sleep(for: .seconds(3))
      task.cancel()
    }
    _ = await task.result
    limit.cancel()
  }

  private static func address(_ listen: String) throws -> StatusConfiguration {
    guard let colon = listen.lastIndex(of: ":"),
      let port = Int(listen[listen.index(after: colon)...]),
      (0...65_535).contains(port)
    else {
      throw Refusal(.configuration, "status.listen is '\(listen)'; wanted ADDRESS:PORT or off")
    }
    var host = String(listen[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    return StatusConfiguration(host: host.isEmpty ? "127.0.0.1" : host, port: port)
  }
}
