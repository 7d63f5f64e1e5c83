import Synchronization
import Testing
import TradingTime

@testable import SharekhanSimulator

/// A simulator whose time stands still until the test moves it, and a client signed in to it.
struct Rig {
  let simulator: Simulator
  private let hand = Hand()
  static let key = "SIMULATED-API-KEY-0001"
  static let secret = "SIMULATED-SECRET-KEY-FOR-TESTS!!"

  init(
    at time: String = "2026-07-09T11:00:00+05:30", _ adjust: (inout Settings) -> Void = { _ in },
    pause: @escaping Simulator.Pause = { _ in }
  ) throws {
    var settings = Settings()
    let start = try #require(Instant(rfc3339: time))
    settings.clock = SimulatedClock(
      simulatedAt: start, realAt: Instant(microseconds: 0), speed: 0)
    adjust(&settings)
    let hand = hand
    simulator = try Simulator(
      settings, now: { Instant(microseconds: hand.microseconds.load(ordering: .relaxed)) },
      pause: pause)
  }

  /// The real clock, which no simulated time follows while the simulated speed is nought.
  func wait(seconds: Int64) {
    hand.microseconds.add(seconds * 1_000_000, ordering: .relaxed)
  }

  private final class Hand: Sendable {
    let microseconds = Atomic<Int64>(0)
  }

  func move(to time: String) async {
    let answer = await post("/simulator/clock", "{\"now\":\"\(time)\"}")
    #expect(answer.status == 200, "the clock was not set to \(time): \(answer.text)")
  }

  func get(
    _ path: String, token: String? = nil, query: String = "", key: String? = Rig.key
  ) async -> WireAnswer {
    var headers: [String: String] = [:]
    headers["Api-Key"] = key
    headers["access-token"] = token
    return await simulator.answer(WireRequest("GET", path, query: query, headers: headers))
  }

  func post(_ path: String, _ body: String, token: String? = nil) async -> WireAnswer {
    var headers = ["api-key": Rig.key]
    headers["access-token"] = token
    return await simulator.answer(
      WireRequest("POST", path, headers: headers, body: Array(body.utf8)))
  }

  /// What follows `request_token=` on the redirect, percent-decoded.
  func requestToken(_ customer: Int = 1_000_001, version: String? = nil) async throws -> String {
    var query = "api_key=\(Rig.key)&state=12345&customer=\(customer)"
    if let version { query += "&version_id=\(version)" }
    let answer = await get("/skapi/auth/login.html", query: query)
    let location = try #require(answer.location)
    let question = location.split(separator: "?", maxSplits: 1)
    #expect(question.first == "http://127.0.0.1/callback")
    let redirect = WireRequest("GET", "/callback", query: String(question[1]))
    #expect(redirect.parameter("state") == "12345")
    return try #require(redirect.parameter("request_token"))
  }

  /// What an app makes of a request token: opened, halves swapped, sealed again.
  static func swapped(_ token: String) throws -> String {
    let cipher = try #require(RequestTokenCipher(secret: secret))
    let halves = try #require(cipher.open(token)).split(separator: "|").map(String.init)
    return try cipher.seal("\(halves[1])|\(halves[0])", .standard)
  }

  func exchange(_ sealed: String) async -> WireAnswer {
    await post(
      "/skapi/services/access/token",
      "{\"apiKey\": \"\(Rig.key)\", \"requestToken\": \"\(sealed)\", \"state\": 12345}")
  }

  func signIn(_ customer: Int = 1_000_001) async throws -> String {
    let answer = await exchange(try Rig.swapped(try await requestToken(customer)))
    return try #require(try answer.json["data"]?["token"]?.scalarText)
  }

  /// The rows of a book; an empty one has none.
  func rows(_ path: String, _ token: String) async throws -> [JSON] {
    let answer = await get("/skapi/services" + path, token: token)
    #expect(answer.status == 200, "\(path) answered \(answer.text)")
    let data = try #require(try answer.json["data"])
    if data == "no_records" { return [] }
    guard case .array(let rows) = data else {
      Issue.record("\(path): data is neither list nor no_records: \(data.text)")
      return []
    }
    return rows
  }
}

extension WireAnswer {
  var json: JSON {
    get throws { try #require(JSON(reading: body), "not JSON: \(text)") }
  }
}

extension JSON {
  func words(_ key: String) -> String { self[key]?.scalarText ?? "(no \(key))" }
  func number(_ key: String) -> Int { Int(words(key)) ?? .min }

  /// Keys and kinds of an object, sorted: what a client's decoder depends on.
  var shape: String {
    guard case .object(let members) = self else { return kind }
    return members.map { "\($0.key):\($0.value.kind)" }.sorted().joined(separator: " ")
  }

  private var kind: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

/// A seeded stream for properties; a failing draw can be repeated.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
  }
}
