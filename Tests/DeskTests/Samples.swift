import TradingTime

@testable import Desk

/// Short ways to say what the tests are about.
func rupees(_ text: String) -> Money {
  guard let money = Money(text) else { fatalError("not an amount in a test: \(text)") }
  return money
}

func day(_ text: String) -> CivilDate {
  guard let date = CivilDate(text) else { fatalError("not a date in a test: \(text)") }
  return date
}

func at(_ seconds: Int64) -> Instant { Instant(microseconds: seconds * 1_000_000) }

let reliance = InstrumentKey(exchange: "NC", scripCode: 2885)
let nifty = InstrumentKey(exchange: "NF", scripCode: 59004)

/// Fills written as `B100@500`, in the order given.
func fills(_ text: String, key: InstrumentKey = reliance, on date: String = "2026-11-20") -> [Fill]
{
  text.split(separator: " ").enumerated().map { index, word in
    let parts = word.dropFirst().split(separator: "@")
    let size = Quantity(parts[0]) ?? 0
    return Fill(
      accountID: "asha", key: key, orderID: "\(1000 + index)", tradeID: "\(index)",
      quantity: word.first == "B" ? size : -size, price: rupees(String(parts[1])),
      tradedOn: day(date), tradedAt: at(Int64(index)))
  }
}

/// A generator whose seed is printed by the failing test.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &+ 0x9E37_79B9_7F4A_7C15
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
