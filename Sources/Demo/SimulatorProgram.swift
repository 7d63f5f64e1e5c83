import FoundationEssentials
import Glibc
package import HTTPClient
import Threads
package import TradingTime

/// The broker simulator as a child program, and its clock.
package final class SimulatorProgram: Sendable {
  private let program: ChildProgram
  private let web: WebClient
  private let address: String

  private init(_ program: ChildProgram, _ web: WebClient, _ address: String) {
    self.program = program
    self.web = web
    self.address = address
  }

  /// What the desk's `broker.url` must be.
  package var brokerURL: String { "http://\(address)/skapi" }

  package var hasEnded: Bool { program.ended != nil }

  /// Starts the simulator that lies beside this program.
  ///
  /// - Parameter path: `sharekhan-simulator`'s.
  package static func start(
    _ path: String, accounts: Int, log: String, web: WebClient
  ) async throws -> SimulatorProgram {
    guard access(path, X_OK) == 0 else {
      throw DemoProblem(
        .unavailable,
        "the broker simulator is not at \(path); build it: "
          + "swift build --product sharekhan-simulator")
    }
    let program = try ChildProgram(
      [path, "--listen", "127.0.0.1:0", "--accounts", "\(accounts)", "--exit-with-parent"],
      log: log)
    return SimulatorProgram(program, web, try await address(of: program, log: log))
  }

  /// Its first line says where it listens.
  private static func address(of program: ChildProgram, log: String) async throws -> String {
    let deadline = Deadline.after(.seconds(60))
    var text = ""
    while !deadline.hasPassed {
      let ended = program.ended != nil
      text = String(
        decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
      if let line = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .first(where: { $0.hasPrefix("listening on ") })
      {
        return String(line.dropFirst("listening on ".count))
      }
      if ended { break }
      try await SystemClock.sleep(for: .milliseconds(10))
    }
    throw DemoProblem(.unavailable, "the broker simulator did not start: \(text.prefix(500))")
  }

  /// Sets its clock: `now` was shown at real time `real`.
  package func setClock(
    now: Instant, at real: Instant, speed: Double, notAfter: Instant?
  ) async throws {
    let stop = notAfter.map { "\"\($0)\"" } ?? "null"
    let body = """
      {"now": "\(now)", "real": "\(real)", "speed": \(speed), "notAfter": \(stop)}
      """
    let answer = try await web.request(
      WebRequest(
        method: "POST", url: "http://\(address)/simulator/clock",
        headers: [("content-type", "application/json")], body: Array(body.utf8)))
    guard answer.status == 200 else {
      throw DemoProblem(
        .unavailable,
        "the simulator refused its clock: \(String(decoding: answer.body, as: UTF8.self))")
    }
  }

  package func stop() async {
    program.letGo()
    _ = await program.end(within: .seconds(5))
  }
}
