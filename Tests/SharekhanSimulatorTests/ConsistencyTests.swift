import Testing
import TradingTime

@testable import SharekhanSimulator

/// Everything a client can learn about one account at one instant.
private struct Snapshot {
  let positions, book, holdings, trades: [JSON]
  let funds: JSON

  init(_ rig: Rig, _ token: String, _ customer: Int) async throws {
    positions = try await rig.rows("/trades/\(customer)", token)
    book = try await rig.rows("/reports/\(customer)", token)
    holdings = try await rig.rows("/holdings/\(customer)", token)
    funds = try #require(try await rig.rows("/limitstmt/NC/\(customer)", token).first)
    var trades: [JSON] = []
    for order in book {
      let path = "/reports/NC/\(customer)/\(order.words("orderId"))/trades"
      trades += try await rig.rows(path, token)
    }
    self.trades = trades
  }
}

private func paise(_ row: JSON, _ key: String) throws -> Int64 {
  let text = row.words(key)
  let magnitude = try #require(Paise(text: text.replacing("-", with: ""))).count
  return text.hasPrefix("-") ? -magnitude : magnitude
}

@Suite(.timeLimit(.minutes(10)))
struct `Every book of an instant` {
  @Test func `agrees with the fills up to it, at 200 random instants`() async throws {
    var dice = Dice(seed: 20_260_709)
    let rig = try Rig { $0.accounts = 50 }
    for round in 0..<200 {
      let day = Int.random(in: 1...28, using: &dice)
      let second = Int.random(in: 9 * 3600...16 * 3600, using: &dice)
      let midnight = try #require(Instant(rfc3339: "2026-07-01T00:00:00+05:30"))
      let instant = midnight + .seconds((day - 1) * 86_400 + second)
      await rig.move(to: instant.description)
      let customer = 1_000_001 + round % 50
      let token = try await rig.signIn(customer)
      let seen = try await Snapshot(rig, token, customer)
      try check(seen, at: "\(instant) for \(customer)")
    }
  }

  private func check(_ seen: Snapshot, at moment: String) throws {
    var products: [String: String] = [:]
    for order in seen.book { products[order.words("orderId")] = order.words("productType") }
    for order in seen.book {
      let fills = seen.trades.filter { $0.words("orderId") == order.words("orderId") }
      #expect(
        fills.reduce(0) { $0 + $1.number("tradeQty") } == order.number("execQty"), "\(moment)")
    }
    var bought: [String: Int] = [:]
    var sold: [String: Int] = [:]
    var paid: [String: Int64] = [:]
    for trade in seen.trades {
      let key = trade.words("scripCode") + (products[trade.words("orderId")] ?? "?")
      let isBuy = trade.words("buySell") == "B"
      if isBuy {
        bought[key, default: 0] += trade.number("tradeQty")
      } else {
        sold[key, default: 0] += trade.number("tradeQty")
      }
      paid[key, default: 0] += try paise(trade, "tradeAmount") * (isBuy ? 1 : -1)
    }
    #expect(seen.positions.count == paid.count, "\(moment)")
    var booked: Int64 = 0
    for position in seen.positions {
      let key = position.words("scripCode") + position.words("productType")
      #expect(position.number("buyQty") == bought[key] ?? 0, "\(moment) \(key)")
      #expect(position.number("sellQty") == sold[key] ?? 0, "\(moment) \(key)")
      let net = (bought[key] ?? 0) - (sold[key] ?? 0)
      #expect(position.number("netQty") == net, "\(moment) \(key)")
      if net == 0 { #expect(try paise(position, "bpl") == -(paid[key] ?? 0), "\(moment) \(key)") }
      booked += try paise(position, "bpl")
    }
    #expect(try paise(seen.funds, "cashBpl") == booked, "\(moment)")
    try checkMargin(seen, moment)
  }

  /// A fifth of what is open intraday, rates taken from the position rows.
  private func checkMargin(_ seen: Snapshot, _ moment: String) throws {
    let open = try seen.positions.filter { $0.words("productType") == "BIGTRADE" }
      .reduce(0.0) { sum, row in
        sum + (try #require(Double(row.words("avgPrice")))) * Double(abs(row.number("netQty")))
      }
    let margin = try #require(Double(seen.funds.words("intradayMarginCash")))
    #expect(abs(margin - open / 5) < 1, "\(moment)")
  }

  @Test func `carries yesterday's deliveries into today's holdings`() async throws {
    let rig = try Rig()
    for customer in [1_000_001, 1_000_002] {
      var owned: [String: Int] = [:]
      for date in 6...10 {
        await rig.move(to: "2026-07-\(date < 10 ? "0" : "")\(date)T16:00:00+05:30")
        let token = try await rig.signIn(customer)
        let seen = try await Snapshot(rig, token, customer)
        let today = Dictionary(
          uniqueKeysWithValues: seen.holdings.map { row in
            (
              row.words("tradingSymbol"),
              row.number("dp") + row.number("pledge") + row.number("receivable")
            )
          })
        if !owned.isEmpty { #expect(today == owned, "\(customer) on July \(date)") }
        owned = today
        for row in seen.positions where row.words("productType") == "INVESTMENT" {
          owned[row.words("tradingSymbol"), default: 0] += row.number("netQty")
        }
      }
    }
  }

  @Test func `is flat intraday after the close and has trades to show`() async throws {
    let rig = try Rig(at: "2026-07-09T16:00:00+05:30") { $0.accounts = 20 }
    for customer in 1_000_001...1_000_020 {
      let seen = try await Snapshot(rig, try await rig.signIn(customer), customer)
      #expect(seen.trades.count >= 6)
      #expect(seen.book.count { $0.words("orderStatus") == "Cancelled" } == 1)
      let open = seen.positions.filter { $0.words("productType") == "BIGTRADE" }
      #expect(open.allSatisfy { $0.number("netQty") == 0 })
      #expect(Set(seen.book.map { $0.words("orderId") }).count == seen.book.count)
      #expect(seen.book.allSatisfy { $0.words("orderId").count == 9 })
    }
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `The seed` {
  private func day(seed: UInt64) async throws -> String {
    let rig = try Rig { settings in settings.seed = seed }
    let token = try await rig.signIn()
    var text = token
    _ = await rig.post("/skapi/services/orders", Orders.buyONGC(price: "0"), token: token)
    await rig.move(to: "2026-07-09T15:45:00+05:30")
    for path in [
      "/trades/1000001", "/holdings/1000001", "/limitstmt/NC/1000001", "/reports/1000001",
      "/reports/NC/1000001/500000001", "/historical/NC/2885/15minute",
    ] {
      text += await rig.get("/skapi/services" + path, token: token).text
    }
    return text
  }

  @Test func `decides every byte`() async throws {
    let (one, again, other) = (
      try await day(seed: 1), try await day(seed: 1), try await day(seed: 2)
    )
    #expect(one == again)
    #expect(one != other)
  }

  @Test func `gives accounts lives of their own`() async throws {
    let rig = try Rig(at: "2026-07-09T16:00:00+05:30") { $0.accounts = 1000 }
    let one = try await rig.rows("/trades/1000001", try await rig.signIn(1_000_001))
    let last = try await rig.rows("/trades/1001000", try await rig.signIn(1_001_000))
    #expect(one != last)
  }
}
