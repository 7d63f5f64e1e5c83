import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOHTTP1
import TradingTime

/// The simulator on a port. Nothing is decided here: requests become values, answers bytes.
package struct SimulatorServer: Sendable {
  /// One line about a request that was answered: method, path and status. Never query, header or
  /// body, for those carry tokens.
  package typealias Log = @Sendable (String) -> Void

  private let simulator: Simulator
  private let host: String
  private let port: Int
  private let log: Log?

  package init(_ simulator: Simulator, host: String, port: Int, log: Log? = nil) {
    self.simulator = simulator
    self.host = host
    self.port = port
    self.log = log
  }

  /// Serves until the surrounding task is cancelled or asked to shut down gracefully. `ready` is
  /// told the port once connections are accepted.
  package func run(
    logger: Logger, ready: @escaping @Sendable (Int) -> Void
  ) async throws {
    let responder = CallbackResponder<ConnectionContext> { request, context in
      try await answer(request, context)
    }
    let application = Application(
      responder: responder,
      server: HTTPServerBuilder { responder in
        BrokerChannel(simulator: simulator, responder: responder, log: log)
      },
      configuration: .init(
        address: .hostname(host, port: port), serverName: nil,
        availableConnectionsDelegate: MaximumAvailableConnections(
          SimulatorServer.mostConnections)),
      onServerRunning: { channel in ready(channel.localAddress?.port ?? 0) },
      logger: logger)
    try await withThrowingTaskGroup { group in
      group.addTask {
        while !Task.isCancelled {
          await simulator.beat()
          try? await Task.sleep(for: .milliseconds(200))
        }
      }
      defer { group.cancelAll() }
      try await application.run()
    }
  }

  /// Further ones wait in the kernel's queue.
  private static let mostConnections = 4096

  private func answer(
    _ request: Request, _ context: ConnectionContext
  ) async throws -> Response {
    let body = try await request.body.collect(upTo: 1 << 20)
    let question = WireRequest(
      request.method.rawValue, target: request.head.path ?? "/",
      headers: Dictionary(
        request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { $1 }),
      body: Array(body.readableBytesView))
    let answer = await simulator.answer(question)
    log?("\(question.method) \(question.path) \(answer.status)")
    if answer.isSevered { context.channel.close(mode: .all, promise: nil) }
    return response(answer, at: await simulator.now)
  }

  private func response(_ answer: WireAnswer, at now: Instant) -> Response {
    var headers = HTTPFields()
    if let date = SimulatedDate.field { headers[date] = now.httpDate }
    if let type = answer.contentType { headers[.contentType] = type }
    if let location = answer.location { headers[.location] = location }
    return Response(
      status: .init(code: max(100, answer.status)), headers: headers,
      body: answer.status == 204 ? .init() : .init(byteBuffer: ByteBuffer(bytes: answer.body)))
  }
}

/// A request that knows its connection, so that an answer may be to break it off.
private struct ConnectionContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

extension WireRequest {
  init(_ method: String, target: String, headers: [String: String], body: [UInt8] = []) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(
      method, String(parts.first ?? "/"), query: parts.count == 2 ? String(parts[1]) : "",
      headers: headers, body: body)
  }

  init(_ head: HTTPRequestHead) {
    self.init(
      head.method.rawValue, target: head.uri,
      headers: Dictionary(head.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
  }
}
