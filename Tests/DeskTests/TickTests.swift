import Testing
import TradingTime

@testable import Desk

@Suite(.timeLimit(.minutes(10))) struct `Ticks laid over each other` {
  private let key = InstrumentKey(exchange: "NC", scripCode: 2885)

  private func tick(
    _ last: String?, traded: Int64? = nil, sent: Int64? = nil, received: Int64, close: String? = nil
  ) -> Tick {
    var tick = Tick(
      key: key, last: last.flatMap { Money($0) }, receivedAt: Instant(secondsSinceEpoch: received))
    tick.tradedAt = traded.map { Instant(secondsSinceEpoch: $0) }
    tick.sentAt = sent.map { Instant(secondsSinceEpoch: $0) }
    tick.previousClose = close.flatMap { Money($0) }
    return tick
  }

  private func shown(_ prices: [Price]) -> [String] {
    prices.map {
      "\($0.last) \($0.previousClose.map(\.description) ?? "-") \($0.at.secondsSinceEpoch) \($0.source)"
    }
  }

  @Test func `a part leaves the rest as it was`() {
    var book = TickBook()
    #expect(book.take(tick("100", traded: 10, received: 12, close: "99")) == .changed)
    #expect(book.take(tick(nil, received: 13)) == .unchanged)
    #expect(book.take(tick("100", traded: 10, received: 14)) == .unchanged)
    #expect(shown(book.takeChanges().prices) == ["100 99 10 feed"])
    #expect(book.take(tick(nil, traded: 15, received: 15)) == .changed, "traded again, same price")
    #expect(book.take(tick("101", sent: 16, received: 17)) == .changed)
    #expect(shown(book.takeChanges().prices) == ["101 99 16 feed"])
    #expect(book.takeChanges().isEmpty)
  }

  @Test func `time never goes back`() {
    var book = TickBook()
    _ = book.take(tick("100", traded: 20, received: 21))
    #expect(book.take(tick("90", traded: 19, received: 22)) == .late)
    #expect(book.take(tick("91", sent: 18, received: 23)) == .late)
    #expect(book.take(tick(nil, traded: 5, received: 24)) == .unchanged)
    #expect(shown(book.takeChanges().prices) == ["100 - 20 feed"])
  }

  @Test func `a moment to come shuts nothing out`() {
    var book = TickBook()
    _ = book.take(tick("100", traded: 9_999, received: 20))
    #expect(book.take(tick("101", traded: 21, received: 22)) == .changed)
    #expect(shown(book.takeChanges().prices) == ["101 - 21 feed"])
  }

  @Test func `what could not be written waits, and the newest is written`() {
    var book = TickBook()
    _ = book.take(tick("100", traded: 1, received: 1))
    let taken = book.takeChanges()
    book.putBack(taken)
    _ = book.take(tick("101", traded: 2, received: 2))
    #expect(book.waiting == 1)
    #expect(shown(book.takeChanges().prices) == ["101 - 2 feed"])
    book.putBack(taken)
    book.keep(only: [])
    #expect(book.count == 0 && book.waiting == 0)
    book.putBack(taken)
    #expect(book.takeChanges().isEmpty, "nobody follows it any more")
  }

  @Test func `a price that is only repeated is no newer`() {
    var book = TickBook()
    _ = book.take(tick("100", traded: 10, received: 12))
    #expect(book.take(tick("100", sent: 3_600, received: 3_601)) == .unchanged)
    #expect(shown(book.takeChanges().prices) == ["100 - 10 feed"])
    #expect(book.take(tick("101", sent: 3_602, received: 3_603)) == .changed)
    #expect(book.take(tick("101", traded: 3_700, received: 3_701)) == .changed, "traded again")
    #expect(shown(book.takeChanges().prices) == ["101 - 3700 feed"])
  }

  @Test func `the figures of a session are none of the next`() {
    var book = TickBook()
    _ = book.take(tick("100", traded: 10, received: 12, close: "99"))
    _ = book.take(tick("103", traded: 86_400, received: 86_401))
    #expect(shown(book.takeChanges().prices) == ["103 - 86400 feed"])
    _ = book.take(tick(nil, received: 86_402, close: "102"))
    #expect(shown(book.takeChanges().prices) == ["103 102 86400 feed"])
  }

  @Test func `no price is no price`() {
    var book = TickBook()
    #expect(book.take(tick(nil, received: 1, close: "99")) == .unchanged)
    #expect(book.takeChanges().isEmpty)
  }

  private func side(_ levels: [(Int, Int64)], at second: Int64, whole: Bool = true) -> DepthSide {
    let instant = Instant(secondsSinceEpoch: second)
    return DepthSide(
      levels: levels.map {
        DepthLevel(price: Money(rupees: Int64($0.0)), quantity: $0.1, orders: whole ? 1 : nil)
      },
      toldAt: instant, levelsToldAt: whole ? instant : nil)
  }

  private func depth(_ bids: DepthSide?, _ asks: DepthSide? = nil, at second: Int64) -> Tick {
    var tick = Tick(key: key, receivedAt: Instant(secondsSinceEpoch: second))
    tick.depth = Depth(bids: bids, asks: asks)
    return tick
  }

  private func shown(_ side: DepthSide?) -> String {
    guard let side else { return "-" }
    let levels = side.levels.map {
      "\($0.quantity)@\($0.price)/\($0.orders.map(String.init) ?? "-")"
    }
    let below = side.levelsToldAt.map { "\($0.secondsSinceEpoch)" } ?? "-"
    return "\(levels.joined(separator: " ")) at \(side.toldAt.secondsSinceEpoch), below \(below)"
  }

  @Test func `a quote tells the best price, and what was told below it stays with its age`() {
    var book = TickBook()
    func bids(after tick: Tick) -> String {
      _ = book.take(tick)
      return shown(book.takeChanges().depths[key]?.bids)
    }
    #expect(
      bids(after: depth(side([(100, 5)], at: 1, whole: false), at: 1)) == "5@100/- at 1, below -")
    #expect(
      bids(after: depth(side([(100, 5), (99, 7), (98, 9)], at: 2), at: 2))
        == "5@100/1 7@99/1 9@98/1 at 2, below 2")
    #expect(
      bids(after: depth(side([(100, 5)], at: 3, whole: false), at: 3))
        == "5@100/1 7@99/1 9@98/1 at 3, below 2", "the same best, with its orders")
    #expect(
      bids(after: depth(side([(101, 4)], at: 4, whole: false), at: 4))
        == "4@101/- 5@100/1 7@99/1 at 4, below 2", "a better one, and no more levels than were told"
    )
    #expect(
      bids(after: depth(side([(99, 3)], at: 5, whole: false), at: 5)) == "3@99/- at 5, below 2",
      "what was better has gone")
    #expect(
      bids(after: depth(nil, side([], at: 6), at: 6)) == "3@99/- at 5, below 2", "not spoken of")
    #expect(
      bids(after: depth(side([], at: 7, whole: false), at: 7)) == " at 7, below -", "nobody bids")
  }

  @Test func `asks are the better the lower they are`() {
    var book = TickBook()
    _ = book.take(depth(nil, side([(101, 5), (102, 7), (103, 9)], at: 1), at: 1))
    _ = book.take(depth(nil, side([(102, 2)], at: 2, whole: false), at: 2))
    #expect(shown(book[key]?.depth?.asks) == "2@102/- 9@103/1 at 2, below 1")
  }

  @Test func `a depth is written without a price, and waits as prices do`() {
    var book = TickBook()
    #expect(book.take(depth(side([(100, 5)], at: 1), at: 1)) == .unchanged, "no price is known")
    #expect(book.waiting == 1)
    let taken = book.takeChanges()
    #expect(taken.prices.isEmpty && taken.depths.count == 1 && book.waiting == 0)
    book.putBack(taken)
    _ = book.take(depth(side([(101, 5)], at: 2), at: 2))
    #expect(book.waiting == 1)
    #expect(shown(book.takeChanges().depths[key]?.bids) == "5@101/1 at 2, below 2", "the newest")
  }
}
