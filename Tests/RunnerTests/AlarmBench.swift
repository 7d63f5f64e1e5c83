import Glibc
import HTTPClient
import JobStore
import Jobs
import Postgres
@testable import Runner
import Support
import Threads
import TradingTime

/// Daemons with alarms, and the places where alarms arrive.
extension AlarmSettings {
  /// Looks often, and waits for nothing.
  static func quick(_ ways: AlarmWay..., heartbeat: String? = nil) -> AlarmSettings {
    var settings = AlarmSettings()
    settings.ways = ways
    settings.place = "paper on desk-1"
    settings.readEvery = .milliseconds(100)
    settings.lookEvery = .milliseconds(50)
    settings.firstPause = .milliseconds(100)
    settings.longestPause = .milliseconds(400)
    settings.limits.database = .zero
    settings.limits.settling = .zero
    settings.heartbeat = heartbeat.map {
      HeartbeatSettings(url: Secret($0), every: .milliseconds(50), client: WebClient())
    }
    return settings
  }
}

extension EngineBench {
  func daemon(
    _ name: String = "desk-1/boot/1/one", _ settings: AlarmSettings,
    _ change: (inout RunnerSettings) -> Void = { _ in }
  ) -> Runner {
    var chosen = runnerSettings
    change(&chosen)
    return Runner(
      settings: chosen, control: JobStore(pool: Pool(self.settings, size: 4), holder: name),
      work: JobStore(pool: Pool(self.settings, size: 8), holder: name), workshop: workshop,
      almanac: almanac, log: log.logger,
      alarms: AlarmDesk(settings, board: LoopBoard(limits: chosen.loopLimits)))
  }

  /// The same as `with`, with the alarms' own tasks beside the engines.
  func watching<Answer: Sendable>(
    _ runners: Runner..., body: @Sendable () async throws -> Answer
  ) async throws -> Answer {
    let posts = runners.map { runner in Task { await runner.alarms?.run() } }
    defer { for post in posts { post.cancel() } }
    switch runners.count {
    case 1: return try await with(runners[0], body: body)
    default: return try await with(runners[0], runners[1], body: body)
    }
  }

  /// `what cause channel`, oldest first.
  func messages() async throws -> [String] {
    try await texts(
      """
      select what || ' ' || cause || ' ' || channel
             || case when sent_at is null then ' not sent' else '' end
        from jobs.alarm_message order by id
      """)
  }
}

/// What arrived by webhook: `what cause`.
extension CallServer {
  var alarms: [String] {
    seen.compactMap { call in
      guard let what = call.body.after("\"what\":\""), let cause = call.body.after("\"cause\":\"")
      else { return nil }
      return "\(what) \(cause)"
    }
  }
}

extension String {
  /// What stands between a text and the next quotation mark.
  fileprivate func after(_ text: String) -> String? {
    firstRange(of: text).map { String(self[$0.upperBound...].prefix { $0 != "\"" }) }
  }
}

/// A mail server that takes everything.
final class AlarmMailSink: Sendable {
  let port: UInt16
  private let said = Locked([String]())

  struct NoSocket: Error {}

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound else { throw NoSocket() }
    port = UInt16(bigEndian: address.sin_port)
    let said = said
    _ = PlainThread.start(name: "mail-sink") {
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0 { continue }
        _ = PlainThread.start(name: "mail-talk") { Self.talk(connection, said) }
      }
    }
  }

  var lines: [String] { said.withLock { $0 } }

  private static func talk(_ connection: Int32, _ said: Locked<[String]>) {
    defer { close(connection) }
    func tell(_ text: String) { _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL)) }
    tell("220 sink\r\n")
    var isLetter = false
    while let line = line(from: connection) {
      said.withLock { $0.append(line) }
      if isLetter {
        guard line == "." else { continue }
        isLetter = false
      } else if line.hasPrefix("DATA") {
        isLetter = true
        tell("354 go on\r\n")
        continue
      }
      tell(line.hasPrefix("EHLO") ? "250-sink\r\n250 8BITMIME\r\n" : "250 fine\r\n")
    }
  }

  private static func line(from connection: Int32) -> String? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while recv(connection, &byte, 1, 0) == 1 {
      if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
      if byte != 0x0D { bytes.append(byte) }
    }
    return nil
  }
}
