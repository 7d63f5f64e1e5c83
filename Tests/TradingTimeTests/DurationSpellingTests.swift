import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Spans as people write them` {
  @Test(arguments: [
    ("250ms", Duration.milliseconds(250)), ("30s", .seconds(30)), ("5m", .seconds(300)),
    ("2h", .seconds(7_200)), ("1d", .seconds(86_400)), ("1h30m", .seconds(5_400)),
    ("1d12h", .seconds(129_600)), ("0s", .zero), ("1s500ms", .milliseconds(1_500)),
    ("40us", .microseconds(40)), ("36500d", .seconds(3_153_600_000)),
  ])
  func `are read and written alike`(_ text: String, _ span: Duration) throws {
    #expect(try Duration(spelling: text) == span)
    #expect(span.spelled == text)
  }

  @Test(arguments: [
    ("90s", "1m30s"), ("3600s", "1h"), ("24h", "1d"), ("1000ms", "1s"), ("0d", "0s"),
    ("007s", "7s"),
  ])
  func `are written in their shortest form`(_ text: String, _ shortest: String) throws {
    #expect(try Duration(spelling: text).spelled == shortest)
  }

  @Test
  func `are written also if negative or finer than a microsecond`() {
    #expect(Duration.seconds(-90).spelled == "-1m30s")
    #expect(Duration.nanoseconds(999).spelled == "0s")
    #expect(Duration.microseconds(Int64.min).spelled.hasPrefix("-106751991d"))
  }

  @Test(arguments: [
    ("", "'' is empty; write a span such as 30s"),
    ("-5m", "'-5m' is negative; a span is not"),
    ("30", "'30' has no unit; say 30s or 30m"),
    ("s", "'s' is no span; write one such as 30s, 5m or 1h30m"),
    ("1.5s", "'1.5s' has a fraction; write a smaller unit instead"),
    ("5min", "'5min' has the unit 'min'; units are ms, s, m, h and d"),
    ("5 m", "'5 m' has a space in it; write the unit right behind the number"),
    ("5%", "'5%' has no unit after 5; units are ms, s, m, h and d"),
    ("5M", "'5M' has the unit 'M'; units are ms, s, m, h and d"),
    ("30m1h", "'30m1h' has 'h' after 'm'; write the longer unit first"),
    ("1m1m", "'1m1m' says 'm' twice; add the parts up"),
    ("1h5", "'1h5' has no unit; say 5s or 5m"),
    ("36501d", "'36501d' is too long; the longest span is 36500d"),
    ("999999999999d", "'999999999999d' is too long; the longest span is 36500d"),
    ("٣s", "'٣s' is no span; write one such as 30s, 5m or 1h30m"),
  ])
  func `are refused with what is wrong`(_ text: String, _ report: String) {
    let error = #expect(throws: DurationSpellingError.self) { try Duration(spelling: text) }
    #expect(error?.description == report)
  }

  @Test
  func `make ranges`() throws {
    let range = try ClosedRange<Duration>(spelling: "1s..5s")
    #expect(range == .seconds(1) ... .seconds(5))
    #expect(range.spelled == "1s..5s")
  }

  @Test(arguments: [
    ("1s", "'1s' is no range; write one such as 1s..5s"),
    ("5s..1s", "'5s..1s' runs backwards; write 1s..5s"),
    ("1s..", "'' is empty; write a span such as 30s"),
    ("1s..2s..3s", "'2s..3s' is no span; write one such as 30s, 5m or 1h30m"),
  ])
  func `make no ranges otherwise`(_ text: String, _ report: String) {
    let error = #expect(throws: DurationSpellingError.self) {
      try ClosedRange<Duration>(spelling: text)
    }
    #expect(error?.description == report)
  }

  @Test
  func `read back as what was written`() throws {
    var generator = SeededGenerator(state: 11)
    for _ in 0..<2_000 {
      let span = Duration.microseconds(Int64.random(in: 0...3_000_000_000_000, using: &generator))
      #expect(try Duration(spelling: span.spelled) == span)
    }
  }
}
