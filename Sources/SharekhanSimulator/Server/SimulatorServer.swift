import HTTPTypes
import Hummingbird
package import Logging
import NIOCore

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
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      try await answer(request)
    }
    let application = Application(
      responder: responder,
      configuration: .init(address: .hostname(host, port: port), serverName: nil),
      onServerRunning: { channel in ready(channel.localAddress?.port ?? 0) },
      logger: logger)
    try await application.run()
  }

  private func answer(_ request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: 1 << 20)
    let target = (request.head.path ?? "/").split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let question = WireRequest(
      request.method.rawValue, String(target[0]), query: target.count == 2 ? String(target[1]) : "",
      headers: Dictionary(
        request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { $1 }),
      body: Array(body.readableBytesView))
    let answer = await simulator.answer(question)
    log?("\(question.method) \(question.path) \(answer.status)")
    return response(answer)
  }

  private func response(_ answer: WireAnswer) -> Response {
    var headers = HTTPFields()
    if let type = answer.contentType { headers[.contentType] = type }
    if let location = answer.location { headers[.location] = location }
    return Response(
      status: .init(code: answer.status), headers: headers,
      body: answer.status == 204 ? .init() : .init(byteBuffer: ByteBuffer(bytes: answer.body)))
  }
}
