import Desk
import Testing
import TradingTime

@testable import Reports

@Suite(.timeLimit(.minutes(10))) struct `Figures for people` {
  @Test(arguments: [
    ("0", "₹0.00"), ("5", "₹5.00"), ("999.995", "₹1,000.00"), ("1234567.89", "₹12,34,567.89"),
    ("-100000", "-₹1,00,000.00"), ("1000000000", "₹1,00,00,00,000.00"), ("-0.001", "₹0.00"),
  ])
  func `rupees are grouped the Indian way`(amount: String, text: String) {
    #expect(Wording.rupees(Money(amount)) == text)
  }

  @Test func `gains carry a plus, losses a minus, nothing neither`() {
    #expect(
      ["12", "-12", "0", "0.001", "-0.001"].map { Wording.gain(Money($0)) }
        == ["+₹12.00", "-₹12.00", "₹0.00", "₹0.00", "₹0.00"])
    #expect(Wording.gain(nil) == "n/a")
  }

  @Test func `axes are short`() {
    #expect(
      [0, 850, -12_500, 125_000, 34_000_000].map(Wording.short)
        == ["₹0", "₹850", "-₹12.5k", "₹1.25L", "₹3.4Cr"])
  }

  @Test func `ratios are rounded, not cut`() {
    #expect(
      Wording.number(2.825, places: 2) == "2.83" || Wording.number(2.825, places: 2) == "2.82")
    #expect(Wording.number(-0.001, places: 2) == "0.00")
    #expect(Wording.number(0.0147783251, places: 6) == "0.014778")
    #expect(Wording.percent(0.555556) == "55.56%")
    #expect(Wording.number(.infinity, places: 2) == "n/a")
    #expect(Wording.number(.nan, places: 2) == "n/a")
  }

  @Test func `spans and dates`() {
    #expect(
      [Duration.milliseconds(95), .milliseconds(7400), .seconds(75), .seconds(3700)].map(
        Wording.span) == ["95 ms", "7.4 s", "1 min", "1 h 1 min"])
    #expect(Wording.date(Sample.date("2026-11-20")) == "Friday 20 November 2026")
    #expect(Wording.date(Sample.date("1969-12-31")) == "Wednesday 31 December 1969")
    #expect(Wording.time(Sample.at(9, 15), .india) == "09:15:00")
  }

  @Test func `scales have round marks that span the values and zero`() {
    let scale = Scale([-1_200, 8_300], from: 100, to: 0)
    #expect(scale.ticks == [-2_000, 0, 2_000, 4_000, 6_000, 8_000, 10_000])
    #expect(scale.place(-2_000) == 100 && scale.place(10_000) == 0)
    #expect(Scale([], from: 0, to: 1).ticks == [0, 1])
    #expect(Scale([0, 0], from: 0, to: 1).ticks == [0, 1])
  }
}
