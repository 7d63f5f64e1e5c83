import Testing
import TradingTime

@testable import muhurat

@Suite(.timeLimit(.minutes(10)))
struct `A time on the command line` {
  /// Thursday 9 July 2026, 10:00 in India.
  private let argument: TimeArgument

  init() throws {
    argument = TimeArgument(
      now: try #require(Instant(rfc3339: "2026-07-09T10:00:00+05:30")), zone: .india)
  }

  @Test(arguments: [
    ("16:20", "2026-07-09T16:20:00+05:30"), ("9:14", "2026-07-09T09:14:00+05:30"),
    ("9:14:30", "2026-07-09T09:14:30+05:30"), ("today 09:15", "2026-07-09T09:15:00+05:30"),
    ("yesterday 16:20", "2026-07-08T16:20:00+05:30"),
    ("Tomorrow 00:00", "2026-07-10T00:00:00+05:30"),
    ("2026-07-06 16:20", "2026-07-06T16:20:00+05:30"),
    ("2026-07-06T16:20", "2026-07-06T16:20:00+05:30"),
    ("2026-07-06T16:20:00Z", "2026-07-06T21:50:00+05:30"),
  ])
  func `is read in the job's zone`(_ text: String, _ instant: String) throws {
    #expect(try argument.instant(text).rfc3339(in: .india) == instant)
  }

  @Test(arguments: ["", "noon", "25:00", "16", "2026-07-32 10:00", "mon 10:00", "1 2 10:00"])
  func `is refused with examples if it is none`(_ text: String) throws {
    let refusal = #expect(throws: Refusal.self) { try argument.instant(text) }
    #expect(refusal?.exit == .usage)
    #expect(
      refusal?.description
        == "'\(text)' is no time; write 10:00, yesterday 16:20, 2026-07-09 16:20 or 2026-07-09T16:20:00+05:30"
    )
  }

  @Test(arguments: [
    ("2h", "2026-07-09T12:00:00+05:30"), ("1d12h", "2026-07-10T22:00:00+05:30"),
    ("15:30", "2026-07-09T15:30:00+05:30"), ("tomorrow 9:15", "2026-07-10T09:15:00+05:30"),
  ])
  func `may be a span where it lies ahead`(_ text: String, _ instant: String) throws {
    #expect(try argument.coming(text).rfc3339(in: .india) == instant)
  }

  @Test
  func `that should lie ahead and has passed is refused with the way out`() {
    let early = #expect(throws: Refusal.self) { try argument.coming("09:15") }
    #expect(early?.description.hasSuffix("; for tomorrow's write 'tomorrow 09:15'") == true)
    let past = #expect(throws: Refusal.self) { try argument.coming("yesterday 16:20") }
    #expect(past?.exit == .usage && past?.description.contains("tomorrow") == false)
  }
}
