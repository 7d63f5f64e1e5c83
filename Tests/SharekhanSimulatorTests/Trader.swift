import Testing
import TradingTime

@testable import SharekhanSimulator

/// A client that trades ONGC through the wire and looks at what became of it.
struct Trader {
  let rig: Rig
  let token: String
  let ongc: Listing

  init(at time: String = "2026-07-09T11:00:00+05:30", strict: Bool = false) async throws {
    rig = try Rig(at: time) { $0.strictRMS = strict }
    token = try await rig.signIn()
    ongc = try #require(Listing.find(code: 2475, at: .nse, SessionDays()))
  }

  func send(_ body: String) async throws -> JSON {
    let answer = await rig.post("/skapi/services/orders", body, token: token)
    return try #require(try answer.json["data"], "\(answer.text)")
  }

  func history(_ id: String) async throws -> [JSON] {
    try await rig.rows("/reports/NC/1000001/\(id)", token)
  }

  func status(_ id: String) async throws -> String {
    try #require(try await history(id).last).words("orderStatus")
  }

  func price(_ text: String) async throws -> Paise {
    let instant = try #require(Instant(rfc3339: text))
    return await rig.simulator.exchange.market.price(ongc, at: instant)
  }

  func now(_ ticks: Int64) async throws -> String {
    let rows = try await rig.rows("/historical/NC/2475/1minute", token)
    let last = try #require(rows.last.flatMap { Paise(text: $0.words("close")) })
    return Paise(last.count + ticks * ongc.tick).text
  }
}
