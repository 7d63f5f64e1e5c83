import FoundationEssentials
import Testing

@testable import Desk

@Suite(.timeLimit(.minutes(10))) struct `Amounts of money` {
  @Test(arguments: [
    ("1440.50", "1440.5"), ("-0.5", "-0.5"), ("+3", "3"), ("1.0E7", "10000000"), ("0", "0"),
    ("-0", "0"), ("0.000000000001", "0.000000000001"), ("1e-2", "0.01"),
  ])
  func `keeps what it is given, digit for digit`(text: String, expected: String) {
    #expect(Money(text)?.description == expected)
  }

  @Test(arguments: [
    "", "-", ".5", "5.", "12abc", "1,000", " 1", "NaN", "inf", "1e", "1e999", "0x1",
  ])
  func `refuses what is not an amount`(text: String) {
    #expect(Money(text) == nil)
  }

  @Test func `refuses more digits than it could keep`() {
    #expect(Money("1234567890123456789012345678901234.5") == nil)
  }

  @Test func `is read as Decimal itself reads it, however long it is`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let digits = (0..<Int.random(in: 1...30, using: &random)).map { _ in
        Int.random(in: 0...9, using: &random)
      }
      let point = Int.random(in: 1...digits.count, using: &random)
      var text = ["", "-", "+"].randomElement(using: &random) ?? ""
      text += digits[..<point].map(\.description).joined()
      if point < digits.count { text += "." + digits[point...].map(\.description).joined() }
      let wanted = Decimal(string: text)
      #expect(Money(text)?.amount == wanted, "\(text)")
      #expect(Money(text)?.description == wanted?.description, "\(text)")
    }
  }

  @Test(arguments: [
    ("0.005", 2, RoundingRule.halfUp, "0.01"), ("0.005", 2, .halfEven, "0"),
    ("0.015", 2, .halfEven, "0.02"), ("0.0151", 2, .halfEven, "0.02"),
    ("-0.005", 2, .halfUp, "-0.01"), ("-2.5", 0, .halfEven, "-2"), ("2.5", 0, .halfUp, "3"),
    ("9.999", 2, .halfUp, "10"), ("9.999", 2, .down, "9.99"), ("0.0004", 2, .halfUp, "0"),
    ("123", 2, .halfUp, "123"),
  ])
  func `rounds by the rule it is told`(
    text: String, places: Int, rule: RoundingRule, expected: String
  ) {
    #expect(rupees(text).rounded(places: places, rule).description == expected)
  }

  @Test(arguments: [("5", "5.00"), ("1440.5", "1440.50"), ("-0.005", "-0.01"), ("12.625", "12.63")])
  func `prints two places`(text: String, expected: String) {
    #expect(rupees(text).text() == expected)
  }

  @Test func `adds a thousand tenths to exactly a hundred`() {
    #expect((0..<1000).map { _ in rupees("0.1") }.total() == Money(rupees: 100))
  }

  @Test func `is not divided by nothing`() {
    #expect(rupees("10").divided(by: 0, places: 2) == nil)
    #expect(rupees("10").divided(by: 3, places: 4) == rupees("3.3333"))
  }

  @Test func `survives its own text, whatever the amount`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<500 {
      let paise = Int64.random(in: -10_000_000_000_000...10_000_000_000_000, using: &random)
      let money = Money(paise: paise)
      #expect(Money(money.text()) == money, "seed \(seed)")
      #expect(money + -money == .zero, "seed \(seed)")
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct `Names of instruments and accounts` {
  @Test func `an instrument key reads back what it prints`() {
    #expect(InstrumentKey("NC:2885") == reliance)
    #expect(reliance.description == "NC:2885")
    #expect(["NC", "NC:", ":5", "NC:x", "NC:-1", "A:1:2"].compactMap(InstrumentKey.init) == [])
  }

  @Test func `an account's short name fits file names and URLs`() {
    #expect(Account.isUsable(id: "asha-2"))
    #expect(["", "Asha", "a b", "-a", "a-", "a/b"].filter(Account.isUsable(id:)) == [])
    #expect(Account.isUsable(customerID: "1000001"))
    #expect(["", "12 OR x/../", "１２", "-1"].filter(Account.isUsable(customerID:)) == [])
  }

  @Test func `a price of zero is no price`() {
    #expect(Price(key: reliance, last: .zero, at: at(0), source: "test") == nil)
  }
}
