import FoundationEssentials
import Testing
import TradingTime

/// The shipped calendars against exchange_calendars (XBOM) and pandas_market_calendars (NSE).
@Suite(.timeLimit(.minutes(10)))
struct `What other calendars say` {
  /// Sessions of ours that XBOM lacks, with the exchange's reason: it lists weekdays at ordinary hours.
  private static let onlyOurs = [
    "2024-01-20": "a Saturday", "2024-03-02": "a Saturday", "2024-05-18": "a Saturday",
    "2024-11-01": "Muhurat trading on a holiday", "2025-02-01": "a Saturday",
    "2025-10-21": "Muhurat trading on a holiday", "2026-02-01": "a Sunday",
    "2026-11-08": "Muhurat trading on a Sunday, hours not announced",
  ]
  /// Special sessions whose hours NSE's calendar there has too.
  private static let theirSpecials = ["2024-11-01", "2025-10-21"]
  /// From here on the closing auction of the cash market moves the close; theirs keeps 15:30.
  private static let newHours = "2026-08-03"

  /// Date to hours, `09:15-15:30`.
  private static func theirs(_ name: String) throws -> [String: String] {
    let tests = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let file = try #require(FileManager.default.contents(atPath: "\(tests)/Oracles/sessions.txt"))
    var found: [String: String] = [:]
    for line in String(decoding: file, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 3, words[0] == name else { continue }
      for day in words[3...] {
        found["\(words[1])-\(day.count < 2 ? "0" : "")\(day)"] = String(words[2])
      }
    }
    return found
  }

  private static func ours() throws -> [String: String] {
    let calendar = try ShippedCalendars.read("nse-cash")
    let dates = try day("2024-01-01")...day("2026-12-31")
    let days = calendar.sessionDays(in: dates).map { date in
      let hours = calendar.session(on: date).map { session in
        let open = calendar.zone.local(session.open).time
        return "\(open)-\(calendar.zone.local(session.close).time)"
      }
      return (date.description, hours ?? "unknown")
    }
    return Dictionary(uniqueKeysWithValues: days)
  }

  @Test
  func `exchange_calendars has the same days, without the special sessions`() throws {
    let (ours, theirs) = (try Self.ours(), try Self.theirs("XBOM"))
    #expect(theirs.count == 245 + 247 + 245)
    #expect(Set(theirs.keys).subtracting(ours.keys) == [])
    #expect(Set(ours.keys).subtracting(theirs.keys) == Set(Self.onlyOurs.keys))
  }

  @Test
  func `pandas_market_calendars has the same days, with Muhurat trading`() throws {
    let (ours, theirs) = (try Self.ours(), try Self.theirs("NSE"))
    #expect(Set(theirs.keys).subtracting(ours.keys) == [])
    #expect(
      Set(ours.keys).subtracting(theirs.keys)
        == Set(Self.onlyOurs.keys).subtracting(Self.theirSpecials))
  }

  @Test(arguments: ["XBOM", "NSE"])
  func `the hours are the same until the closing auction of August 2026`(_ name: String) throws {
    let (ours, theirs) = (try Self.ours(), try Self.theirs(name))
    let differing = theirs.filter { ours[$0.key] != $0.value }.keys.sorted()
    #expect(differing.first == Self.newHours)
    let later = theirs.keys.filter { $0 >= Self.newHours }.sorted()
    #expect(differing == later, "and from then on ours ends later on each day")
    #expect(Set(later.compactMap { ours[$0] }) == ["09:15-15:35", "09:15-15:40"])
  }
}
