import Threads
import TradingTime

/// A calendar and some of its days, as `calendar show` gives them.
struct CalendarView: Encodable {
  let market: String
  let timezone: String
  let coversFrom: CivilDate
  let coversThrough: CivilDate
  let revision: String
  let classes: [String]
  let days: [Day]

  struct Day: Encodable {
    let date: CivilDate
    let weekday: Weekday
    /// As a sentence: `session 09:15-15:30`, `holiday (Holi)`.
    let what: String
    let open: Instant?
    let close: Instant?
    let phases: [Phase]

    init(_ date: CivilDate, _ calendar: TradingCalendar) {
      (self.date, weekday) = (date, date.weekday)
      what = calendar.day(date).words(in: calendar.zone)
      let session = calendar.session(on: date)
      (open, close) = (session?.open, session?.close)
      phases = session?.phases.map { Phase($0, calendar.zone) } ?? []
    }
  }

  struct Phase: Encodable {
    let kind: PhaseKind
    let `class`: String?
    let step: String?
    let start: Instant
    let end: Instant
    fileprivate let words: String

    init(_ span: PhaseSpan, _ zone: ZoneRules) {
      (kind, `class`, step) = (span.kind, span.class, span.step)
      (start, end, words) = (span.start, span.end, span.words(in: zone))
    }

    enum CodingKeys: CodingKey { case kind, `class`, step, start, end }
  }

  init(_ calendar: TradingCalendar, from: CivilDate, days: Int) {
    (market, timezone, revision) = (calendar.market, calendar.zone.name, calendar.revision)
    (coversFrom, coversThrough) = (calendar.coverage.lowerBound, calendar.coverage.upperBound)
    classes = calendar.classes
    self.days = (0..<days).map { Day(from.adding(days: $0), calendar) }
  }

  enum CodingKeys: String, CodingKey {
    case market, timezone
    case coversFrom = "covers_from"
    case coversThrough = "covers_through"
    case revision, classes, days
  }

  var text: String {
    let classes = classes.isEmpty ? "" : "; classes \(classes.joined(separator: ", "))"
    let heading =
      "\(market): \(timezone), covers \(coversFrom)..\(coversThrough), revision \(revision)\(classes)"
    var table = Table([("DATE", .left), ("DAY", .left), ("WHAT", .left), ("PHASES", .left)])
    for day in days {
      let phases = day.phases.map(\.words).joined(separator: ", ")
      table.add(day.date.description, day.weekday.rawValue, day.what, phases)
    }
    return "\(heading)\n\(table.text)"
  }
}

/// The date on this machine's clock in a zone: for looking at, never for deciding.
func today(_ zone: ZoneRules) -> CivilDate {
  zone.local(Instant(microseconds: SystemClock.microsecondsSinceEpoch())).date
}
