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
    #expect(shown(book.takeChanged()) == ["100 99 10 feed"])
    #expect(book.take(tick(nil, traded: 15, received: 15)) == .changed, "traded again, same price")
    #expect(book.take(tick("101", sent: 16, received: 17)) == .changed)
    #expect(shown(book.takeChanged()) == ["101 99 16 feed"])
    #expect(book.takeChanged() == [])
  }

  @Test func `time never goes back`() {
    var book = TickBook()
    _ = book.take(tick("100", traded: 20, received: 21))
    #expect(book.take(tick("90", traded: 19, received: 22)) == .late)
    #expect(book.take(tick("91", sent: 18, received: 23)) == .late)
    #expect(book.take(tick(nil, traded: 5, received: 24)) == .unchanged)
    #expect(shown(book.takeChanged()) == ["100 - 20 feed"])
  }

  @Test func `a moment to come shuts nothing out`() {
    var book = TickBook()
    _ = book.take(tick("100", traded: 9_999, received: 20))
    #expect(book.take(tick("101", traded: 21, received: 22)) == .changed)
    #expect(shown(book.takeChanged()) == ["101 - 21 feed"])
  }

  @Test func `what could not be written waits, and the newest is written`() {
    var book = TickBook()
    _ = book.take(tick("100", traded: 1, received: 1))
    let taken = book.takeChanged()
    book.putBack(taken)
    _ = book.take(tick("101", traded: 2, received: 2))
    #expect(book.waiting == 1)
    #expect(shown(book.takeChanged()) == ["101 - 2 feed"])
    book.putBack(taken)
    book.keep(only: [])
    #expect(book.count == 0 && book.waiting == 0)
    book.putBack(taken)
    #expect(book.takeChanged() == [], "nobody follows it any more")
  }

  @Test func `no price is no price`() {
    var book = TickBook()
    #expect(book.take(tick(nil, received: 1, close: "99")) == .unchanged)
    #expect(book.takeChanged() == [])
  }
}
