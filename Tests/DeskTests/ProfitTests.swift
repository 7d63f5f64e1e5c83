import Testing

@testable import Desk

struct ProfitCase: Sendable, CustomTestStringConvertible {
  let name: String
  let fills: String
  let mark: String
  let position: Quantity
  let fifo: (String, String)
  let average: (String, String)
  let pool: (String, String)
  let lots: [String]
  var testDescription: String { name }

  static let all = [
    ProfitCase(
      name: "long, scaled in, partly closed", fills: "B100@500 B50@510 S120@520", mark: "515",
      position: 30, fifo: ("2200", "150"), average: ("2000", "350"), pool: ("2000", "350"),
      lots: ["30 @ 510"]),
    ProfitCase(
      name: "flip from long to short to flat", fills: "B100@500 S150@520 B50@530", mark: "530",
      position: 0, fifo: ("1500", "0"), average: ("1500", "0"), pool: ("1500", "0"), lots: []),
    ProfitCase(
      name: "short ladder, cover, flip to long",
      fills: "S75@200 S75@210 B100@190 B100@205 S20@207.50", mark: "206", position: 30,
      fifo: ("1550", "30"), average: ("1550", "30"), pool: ("1325", "255"), lots: ["30 @ 205"]),
    ProfitCase(
      name: "closed and opened again on one day", fills: "B65@100 S65@110 B65@104", mark: "106",
      position: 65, fifo: ("650", "130"), average: ("650", "130"), pool: ("520", "260"),
      lots: ["65 @ 104"]),
    ProfitCase(
      name: "an average that never ends", fills: "B1@100 B2@101 S1@103", mark: "102", position: 2,
      fifo: ("3", "2"), average: ("2.3333", "2.6667"), pool: ("2.3333", "2.6667"),
      lots: ["2 @ 101"]),
  ]
}

@Suite(.timeLimit(.minutes(10))) struct `Profit and loss` {
  @Test(arguments: ProfitCase.all)
  func `first in, first out`(_ sample: ProfitCase) {
    let book = LotBook(fills(sample.fills))
    #expect(book.position == sample.position)
    #expect(book.realised == rupees(sample.fifo.0))
    #expect(book.unrealised(at: rupees(sample.mark)) == rupees(sample.fifo.1))
    #expect(book.lots.map { "\($0.quantity) @ \($0.price)" } == sample.lots)
  }

  @Test(arguments: ProfitCase.all)
  func `weighted average`(_ sample: ProfitCase) {
    let pool = AverageCost(fills(sample.fills))
    #expect(pool.position == sample.position)
    #expect(pool.realised.rounded(places: 4, .halfEven) == rupees(sample.average.0))
    #expect(
      pool.unrealised(at: rupees(sample.mark)).rounded(places: 4, .halfEven)
        == rupees(sample.average.1))
  }

  @Test(arguments: ProfitCase.all)
  func `the broker's day pool`(_ sample: ProfitCase) {
    let pool = DayPool(fills(sample.fills))
    #expect(pool.net == sample.position)
    #expect(pool.realised.rounded(places: 4, .halfEven) == rupees(sample.pool.0))
    #expect(
      pool.unrealised(at: rupees(sample.mark)).rounded(places: 4, .halfEven)
        == rupees(sample.pool.1))
  }

  @Test func `each fill of the short ladder gains what it should`() {
    var book = LotBook()
    let gains = fills("S75@200 S75@210 B100@190 B100@205 S20@207.50").map { book.apply($0) }
    #expect(gains == ["0", "0", "1250", "250", "50"].map(rupees))
    #expect(
      book.matches.map { "\($0.quantity) \($0.openingPrice)-\($0.closingPrice)" }
        == ["-75 200-190", "-25 210-190", "-50 210-205", "20 205-207.5"])
  }

  @Test func `only the split differs between the methods`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let traded = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        "\(Bool.random(using: &random) ? "B" : "S")\(Int.random(in: 1...500, using: &random))"
          + "@\(Int.random(in: 9_000...11_000, using: &random))"
          + ".\(Int.random(in: 10...99, using: &random))"
      }.joined(separator: " ")
      let list = fills(traded)
      let mark = Money(paise: Int64.random(in: 900_000...1_100_000, using: &random))
      let position = list.reduce(0) { $0 + $1.quantity }
      let total = mark * position - list.map { $0.price * $0.quantity }.total()
      let lots = LotBook(list)
      let average = AverageCost(list)
      let pool = DayPool(list)
      #expect(lots.realised + lots.unrealised(at: mark) == total, "seed \(seed): \(traded)")
      #expect(average.realised + average.unrealised(at: mark) == total, "seed \(seed): \(traded)")
      #expect(pool.realised + pool.unrealised(at: mark) == total, "seed \(seed): \(traded)")
      #expect(lots.position == position && average.position == position, "seed \(seed): \(traded)")
      #expect(Set(lots.lots.map { $0.quantity > 0 }).count <= 1, "seed \(seed): \(traded)")
    }
  }

  @Test func `a day's profit counts what was carried from the previous close`() {
    let traded = fills("S40@1448 B20@1441")
    let gross = DayProfit.gross(
      opening: 100, previousClose: rupees("1435"), fills: traded, mark: rupees("1440.50"))
    #expect(gross == rupees("840"))
  }

  @Test func `a day's profit without a price is missing, not zero`() {
    let traded = fills("B10@100")
    #expect(DayProfit.gross(opening: 0, previousClose: nil, fills: traded, mark: nil) == nil)
    #expect(
      DayProfit.gross(opening: 5, previousClose: nil, fills: traded, mark: rupees("1")) == nil)
    let closed = fills("B10@100 S10@101")
    #expect(
      DayProfit.gross(opening: 0, previousClose: nil, fills: closed, mark: nil) == rupees("10"))
  }

  @Test func `exposure adds long and short apart and counts what has no price`() {
    var exposure = Exposure()
    exposure.add(100, at: rupees("1440.50"))
    exposure.add(-200, at: rupees("1511.20"))
    exposure.add(130, at: rupees("25044"))
    exposure.add(-65, at: rupees("95.50"))
    exposure.add(7, at: nil)
    #expect(exposure.long == rupees("3399770"))
    #expect(exposure.short == rupees("308447.50"))
    #expect(exposure.gross == rupees("3708217.50"))
    #expect(exposure.net == rupees("3091322.50"))
    #expect(exposure.unpriced == 1)
  }
}
