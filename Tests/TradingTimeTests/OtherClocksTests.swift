import FoundationEssentials
import Testing
import TradingTime

/// The seconds around every change of clocks of five zones, as zdump and Python's zoneinfo show them.
@Suite(.timeLimit(.minutes(10)))
struct `What other clocks show` {
  private struct Moment {
    var zone: String
    var utc: Instant
    var shown: String
  }

  private static func moments() throws -> [Moment] {
    let tests = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let content = try #require(FileManager.default.contents(atPath: "\(tests)/Oracles/zones.txt"))
    return try String(decoding: content, as: UTF8.self).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }.map { line in
        let words = line.split(separator: " ").map(String.init)
        try #require(words.count == 6, "\(line)")
        return Moment(
          zone: words[0], utc: try utc(words[1]), shown: words[2...].joined(separator: " "))
      }
  }

  @Test
  func `ours shows`() throws {
    let moments = try Self.moments()
    #expect(Set(moments.map(\.zone)).count == 5 && moments.count > 60)
    let differences = try moments.compactMap { moment -> String? in
      let local = try SystemZones.rules(moment.zone).local(moment.utc)
      let time = local.time.second == 0 ? "\(local.time):00" : "\(local.time)"
      let shown = "\(local.date) \(time) \(local.offsetSeconds) \(local.abbreviation)"
      return shown == moment.shown ? nil : "\(moment.zone) \(moment.utc): \(moment.shown), \(shown)"
    }
    #expect(differences == [])
  }

  @Test
  func `ours leads back from the wall to one of its moments`() throws {
    let differences = try Self.moments().compactMap { moment -> String? in
      let zone = try SystemZones.rules(moment.zone)
      let local = zone.local(moment.utc)
      switch zone.resolve(local.date, local.time) {
      case .once(let one) where one == moment.utc: return nil
      case .twice(let one, let other) where [one, other].contains(moment.utc): return nil
      case let other: return "\(moment.zone) \(moment.utc): \(other)"
      }
    }
    #expect(differences == [])
  }
}
