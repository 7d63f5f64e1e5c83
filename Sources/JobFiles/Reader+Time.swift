package import TradingTime
package import YAML

/// The spellings of time that job, calendar and configuration files share.
extension Reader {
  package func duration() -> Duration? {
    parsed("a span such as 30s", by: { try Duration(spelling: $0) })
  }

  package func durationRange() -> ClosedRange<Duration>? {
    parsed("a range of spans such as 1s..5s", by: { try ClosedRange<Duration>(spelling: $0) })
  }

  package func date() -> CivilDate? {
    value("a date such as 2026-07-09")
  }

  package func timeOfDay() -> TimeOfDay? {
    value("a time of day such as 16:20")
  }

  /// Both ends count.
  package func dateRange() -> ClosedRange<CivilDate>? {
    let wanted = "two dates such as 2026-01-01..2026-12-31"
    return parsed(wanted) { text throws(WrongSpelling) in
      let ends = text.split(separator: "..", omittingEmptySubsequences: false)
        .map { CivilDate(String($0)) }
      guard ends.count == 2, let first = ends[0], let last = ends[1] else {
        throw WrongSpelling("expected \(wanted), got '\(text)'")
      }
      guard first <= last else {
        throw WrongSpelling("'\(text)' runs backwards; write \(last)..\(first)")
      }
      return first...last
    }
  }
}

/// A sentence about text that does not follow its grammar.
struct WrongSpelling: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
