import Testing

@testable import Desk

struct ChargeCase: Sendable, CustomTestStringConvertible {
  let name: String
  let segment: ChargeSegment
  let date: String
  let bought: String
  let sold: String
  let brokerage: String
  /// turnover, brokerage, STT, exchange, SEBI, stamp, GST, total
  let printed: String
  var testDescription: String { name }

  static let all = [
    ChargeCase(
      name: "delivery 5,000 at 1,000, bought and sold, no brokerage", segment: .delivery,
      date: "2026-06-01", bought: "5000000", sold: "5000000", brokerage: "0",
      printed: "10000000.00 0.00 10000.00 307.00 10.00 750.00 57.06 11124.06"),
    ChargeCase(
      name: "intraday 100, 500 to 505", segment: .intraday, date: "2026-11-02", bought: "50000",
      sold: "50500", brokerage: "20.1000",
      printed: "100500.00 20.10 12.63 3.09 0.10 1.50 4.19 41.60"),
    ChargeCase(
      name: "delivery bought 100 at 500", segment: .delivery, date: "2026-11-02", bought: "50000",
      sold: "0", brokerage: "150", printed: "50000.00 150.00 50.00 1.54 0.05 7.50 27.29 236.37"),
    ChargeCase(
      name: "one lot of options, 100 to 120", segment: .option, date: "2026-11-02", bought: "6500",
      sold: "7800", brokerage: "40", printed: "14300.00 40.00 11.70 5.08 0.01 0.20 8.12 65.11"),
    ChargeCase(
      name: "the same options before the Finance Act 2026", segment: .option, date: "2026-03-31",
      bought: "6500", sold: "7800", brokerage: "40",
      printed: "14300.00 40.00 7.80 5.08 0.01 0.20 8.12 61.21"),
    ChargeCase(
      name: "one lot of futures, 25,000 to 25,050", segment: .future, date: "2026-11-02",
      bought: "1625000", sold: "1628250", brokerage: "650.65",
      printed: "3253250.00 650.65 814.13 59.53 3.25 32.50 128.42 1688.48"),
    ChargeCase(
      name: "the same futures before the Finance Act 2026", segment: .future, date: "2026-03-31",
      bought: "1625000", sold: "1628250", brokerage: "650.65",
      printed: "3253250.00 650.65 325.65 59.53 3.25 32.50 128.42 1200.01"),
  ]
}

@Suite(.timeLimit(.minutes(10))) struct `Charges on trades` {
  @Test(arguments: ChargeCase.all)
  func `follow the rates of the trade date`(_ sample: ChargeCase) throws {
    let charges = try #require(
      Charges.estimate(
        sample.segment, on: day(sample.date), bought: rupees(sample.bought),
        sold: rupees(sample.sold), brokerage: rupees(sample.brokerage)))
    let printed = [
      charges.turnover, charges.brokerage, charges.stt, charges.exchange, charges.sebi,
      charges.stamp, charges.gst, charges.total,
    ].map { $0.text() }.joined(separator: " ")
    #expect(printed == sample.printed)
  }

  @Test func `are not guessed for dates before the first known rates`() {
    #expect(
      Charges.estimate(
        .option, on: day("2024-09-30"), bought: .zero, sold: rupees("100"), brokerage: .zero) == nil
    )
  }

  @Test func `a share bought and sold on one day is intraday, the rest delivery`() throws {
    let charges = try #require(
      Charges.ofDay(
        fills("B150@500 S100@505"), kind: .equity, lotSize: 1, exchange: "NC",
        on: day("2026-11-20"), plan: .free))
    let intraday = try #require(
      Charges.estimate(
        .intraday, on: day("2026-11-20"), bought: rupees("50000"), sold: rupees("50500"),
        brokerage: .zero))
    let delivery = try #require(
      Charges.estimate(
        .delivery, on: day("2026-11-20"), bought: rupees("25000"), sold: .zero, brokerage: .zero))
    #expect(charges.total.rounded(places: 8, .halfEven) == (intraday + delivery).total)
  }

  @Test func `brokerage has a floor per share and a price per lot`() throws {
    let cheap = try #require(
      Charges.ofDay(
        fills("B1000@2 S1000@2"), kind: .equity, lotSize: 1, exchange: "NC",
        on: day("2026-11-20"), plan: .published))
    #expect(cheap.brokerage == rupees("20"))
    let option = try #require(
      Charges.ofDay(
        fills("B65@100 S65@120", key: nifty), kind: .option, lotSize: 65, exchange: "NF",
        on: day("2026-11-20"), plan: .published))
    #expect(option.total.text() == "65.11")
  }

  @Test(arguments: [
    ("MX", InstrumentKind.future), ("RN", .future), ("RB", .option), ("NF", .other), ("NC", .index),
    ("NF", .equity),
  ]) func `are unknown, not those of something else`(_ exchange: String, _ kind: InstrumentKind) {
    func charges(_ told: String) -> Charges? {
      Charges.ofDay(
        fills(told), kind: kind, lotSize: 1, exchange: exchange, on: day("2026-11-20"),
        plan: .published)
    }
    #expect(charges("B100@123000") == nil)
    #expect(charges("") == Charges.none, "nothing was traded")
  }

  @Test func `the rates say how long they were looked after`() {
    #expect(ChargeRates.reviewedThrough == day("2027-03-31"))
  }
}
