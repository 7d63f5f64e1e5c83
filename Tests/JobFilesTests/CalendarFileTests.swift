import JobFiles
import Testing
import TradingTime
import YAML

@Suite(.timeLimit(.minutes(10)))
struct `A calendar file` {
  private static let hours = """
    hours:
      - from: 2010-01-01
        phases:
          continuous: 09:15-15:30
    """

  private func report(_ text: String, name: String = "calendars/test.yaml") -> String {
    do {
      let calendar = try CalendarFile.read(Array(text.utf8), name: name) { zone in
        zone == "Asia/Kolkata" ? .india : nil
      }
      return "accepted \(calendar.market) \(calendar.coverage)"
    } catch {
      return error.list.map(\.headline).joined(separator: "\n")
    }
  }

  @Test
  func `needs little`() {
    let text = """
      market: test
      timezone: Asia/Kolkata
      covers: 2026-01-01..2026-12-31
      holidays: {}
      \(Self.hours)
      """
    #expect(report(text) == "accepted test 2026-01-01...2026-12-31")
  }

  @Test
  func `reports all that is wrong with it`() {
    let text = """
      market: tset
      timezone: Asia/Calcuta
      covers: 2026-12-31..2026-01-01
      hours:
        - from: 2010-02-30
          class: [x]
          phases:
            continous: 09:15-15:30
            buffer: 09:15-09:12
            auction: 9-10
            post-close: 15:40 to 16:00
      holidays:
        26 January: Republic Day
        2026-03-03:
      special_sessions:
        2026-02-14: { name: both, hours: ordinary, phases: { continuous: 18:00-19:00 } }
        2026-02-15: { hours: closed }
      setlement: {}
      """
    #expect(
      report(text) == """
        calendars/test.yaml:1:9: market 'tset' stands in a file named 'test'
        calendars/test.yaml:2:11: no zone is named 'Asia/Calcuta'
        calendars/test.yaml:3:9: '2026-12-31..2026-01-01' runs backwards; \
        write 2026-01-01..2026-12-31
        calendars/test.yaml:5:11: expected a date such as 2026-07-09 for 'hours.from', \
        got '2010-02-30'
        calendars/test.yaml:6:12: expected text for 'hours.class', got a list
        calendars/test.yaml:8:18: no phase is named 'continous'; did you mean 'continuous'?
        calendars/test.yaml:9:15: '09:15-09:12' ends before it begins
        calendars/test.yaml:10:16: no phase is named 'auction'; phases are: pre-open, buffer, \
        continuous, closing-auction, post-close
        calendars/test.yaml:11:19: expected two times of day such as 09:15-15:30, \
        got '15:40 to 16:00'
        calendars/test.yaml:13:15: expected a date such as 2026-07-09 before this, \
        got '26 January'
        calendars/test.yaml:14:14: expected text for 'holidays.2026-03-03', got nothing
        calendars/test.yaml:16:15: a special session needs either 'hours' or 'phases'
        calendars/test.yaml:17:15: missing key 'name' in 'special_sessions.2026-02-15'
        calendars/test.yaml:17:24: expected ordinary or unknown for \
        'special_sessions.2026-02-15.hours', got 'closed'
        calendars/test.yaml:18:1: unknown key 'setlement'; did you mean 'settlement'?
        """)
  }

  @Test
  func `points at the datum that does not fit the others`() {
    let start = """
      market: test
      timezone: Asia/Kolkata
      covers: 2026-01-01..2026-12-31
      """
    #expect(
      report(
        """
        \(start)
        holidays:
          2027-01-26: Republic Day
        \(Self.hours)
        """)
        == "calendars/test.yaml:5:15: 2027-01-26 lies outside the coverage")
    #expect(
      report(
        """
        \(start)
        holidays: {}
        \(Self.hours)
          - from: 2026-01-01
            phases: { continuous: 09:15-15:40 }
        """)
        == "calendars/test.yaml:9:5: overlaps the hours from 2010-01-01 of the same class and kind")
    #expect(
      report(
        """
        \(start)
        holidays: {}
        hours: []
        """) == "calendars/test.yaml:1:1: no continuous phase is in force on 2026-01-01")
  }
}
