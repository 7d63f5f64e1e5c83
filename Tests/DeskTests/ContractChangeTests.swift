import Testing
import TradingTime

@testable import Desk

@Suite(.timeLimit(.minutes(10))) struct `Changes of a contract` {
  private func contract(
    lot: Quantity = 65, tick: String? = "0.05", expiry: String? = "2026-11-24",
    symbol: String = "NIFTY", freeze: Quantity? = nil, name: String = ""
  ) -> Instrument {
    Instrument(
      key: InstrumentKey(exchange: "NF", scripCode: 7), symbol: symbol, name: name, kind: .future,
      lotSize: lot, tickSize: tick.flatMap { Money($0) },
      expiresOn: expiry.flatMap { CivilDate($0) },
      freezeQuantity: freeze)
  }

  @Test func `each figure that an order depends on is named with both values`() {
    let newer = contract(
      lot: 75, tick: nil, expiry: "2026-11-23", symbol: "NIFTY50", freeze: 1800)
    #expect(
      contract().changes(to: newer).map(\.description) == [
        "NIFTY (NF:7): symbol was NIFTY, is NIFTY50", "NIFTY (NF:7): lot was 65, is 75",
        "NIFTY (NF:7): tick was 0.05, is not told",
        "NIFTY (NF:7): freeze was not told, is 1800",
        "NIFTY (NF:7): expiry was 2026-11-24, is 2026-11-23",
      ])
    #expect(
      contract().changes(to: nil).map(\.description) == ["NIFTY (NF:7) is not in the list any more"]
    )
  }

  @Test func `what reads the same is no change, nor is another name`() {
    #expect(contract().changes(to: contract(tick: "0.0500", name: "NIFTY 50")) == [])
  }
}
