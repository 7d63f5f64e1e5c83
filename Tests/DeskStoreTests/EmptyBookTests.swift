import Desk
import Postgres
import Support
import Testing

@testable import DeskStore

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(10)))
struct `An empty book` {
  @Test func `an empty or failed answer is never flat`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(
      1, orders: [order("7", 10, executed: 10, average: "1450", status: .fullyExecuted)],
      positions: [position(bought: 10, net: 10)],
      holdings: [BrokerHolding(listing: "NSE", symbol: "INFY", demat: 5, available: 5)])
    let empty = try await bench.sync(2, orders: [], positions: [], holdings: [])
    #expect(empty.books == [])
    #expect(
      empty.notes
        == [
          "orders: the broker's answer is empty, against 1 orders of today on record, "
            + "1 fills of today on record; nothing was closed",
          "positions: the broker's answer is empty, against 1 positions of today on record, "
            + "1 fills of today on record; nothing was closed",
          "holdings: the broker's answer is empty, against 5 shares on record that were not sold; "
            + "nothing was closed",
        ])
    let failed = try await bench.sync(3)
    #expect(failed.notes == [] && failed.closedPositions == 0)
    let lines = try await bench.desk.positions(of: "asha", on: bench.database)
    #expect(lines.map(\.position.netQuantity) == [10])
    #expect(lines.map(\.seenAt) == [at(1)])
  }

  @Test func `contracts carried overnight make an empty morning suspicious`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(1, orders: [], positions: [position(nifty, net: 65, symbol: "NIFTY")])
    let morning = try await bench.sync(1, on: monday, orders: [], positions: [])
    #expect(
      morning.notes == [
        "positions: the broker's answer is empty, against 1 contracts carried overnight; "
          + "nothing was closed"
      ])
    let seen = try await bench.desk.positions(of: "asha", on: bench.database)
    #expect(seen.map(\.session) == [friday])
  }

  @Test func `an empty position book beside the day's first execution is never flat`() async throws
  {
    let bench = try await DeskBench.open()
    try await bench.sync(1, orders: [], positions: [])
    let bought = [order("7", 10, executed: 10, average: "1450", status: .fullyExecuted)]
    let first = try await bench.sync(2, orders: bought, positions: [])
    #expect(first.books == ["orders"] && first.newFills.count == 1)
    #expect(
      first.notes == [
        "positions: the broker's answer is empty, against 1 executed orders that came with it; "
          + "nothing was closed"
      ])
    let untold = try await bench.sync(
      3, orders: bought + [order("8", 5, executed: 5, status: .fullyExecuted)], positions: [])
    #expect(!untold.books.contains("positions"))
  }

  @Test func `what a standing order executed the day before makes no empty book suspicious`()
    async throws
  {
    let bench = try await DeskBench.open()
    let standing = BrokerOrder(
      key: reliance, symbol: "RELIANCE", product: "INV", orderID: "7", side: .buy, quantity: 10,
      executed: 4, averagePrice: rupees("1450"), status: .partlyExecuted,
      statusText: "PartlyExecuted", orderedAt: at(0), updatedAt: at(0))
    try await bench.sync(1, orders: [standing], positions: [position(bought: 4, net: 4)])
    let next = try await bench.sync(1, on: monday, orders: [standing], positions: [])
    #expect(next.books == ["orders", "positions"] && next.newFills == [] && next.notes == [])
  }

  @Test func `contracts that have expired leave rightly, and are not carried into the opening`()
    async throws
  {
    let bench = try await DeskBench.open()
    try await bench.letNiftyExpireOnFriday()
    try await bench.sync(
      1, orders: [], positions: [position(nifty, net: 65, symbol: "NIFTY"), position(net: 10)])
    let morning = try await bench.sync(1, on: monday, orders: [], positions: [])
    #expect(morning.books == ["orders", "positions"])
    #expect(
      morning.notes == [
        "expired: 65 of \(nifty) (NIFTY) expired on 2026-11-20 and are not carried; "
          + "what they settled at is in no fill"
      ])
    #expect(try await bench.desk.positions(of: "asha", on: bench.database) == [])
    #expect(
      try await bench.lines(
        "select concat_ws(' ', scrip_code, quantity) from desk.opening"
          + " where business_date = '2026-11-23'") == ["2885 10"])
  }

  @Test func `holdings may be empty once all of them were sold, and not before`() async throws {
    let bench = try await DeskBench.open()
    let shares = [
      BrokerHolding(listing: "NSE", symbol: "RELIANCE", demat: 6, available: 6, pledged: 4)
    ]
    let intraday = BrokerPosition(
      key: reliance, symbol: "RELIANCE", product: "BIGTRADE", sellQuantity: 50, netQuantity: -50)
    try await bench.sync(1, positions: [position(sold: 9, net: -9), intraday], holdings: shares)
    func empty(_ second: Int64, sold: Quantity) async throws -> [String] {
      try await bench.sync(
        second, on: monday, positions: [position(sold: sold, net: -sold)], holdings: []
      ).notes
    }
    let refusal =
      "holdings: the broker's answer is empty, against 1 shares on record that were not sold; "
      + "nothing was closed"
    #expect(try await empty(1, sold: 0) == [refusal])
    #expect(try await empty(2, sold: 1) == [refusal], "the sale is on record after this one")
    #expect(try await empty(3, sold: 1) == [])
  }
}
