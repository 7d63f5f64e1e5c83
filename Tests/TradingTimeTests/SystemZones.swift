import FoundationEssentials
import TradingTime

/// The zones of the machine the tests run on.
enum SystemZones {
  static func bytes(of name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)")))
  }

  static func rules(_ name: String) throws -> ZoneRules {
    try ZoneRules(name: name, tzif: bytes(of: name))
  }
}

/// SplitMix64: the same instants on every machine, from a seed that a failure names.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

func utc(_ text: String) throws -> Instant {
  guard let instant = Instant(rfc3339: text) else { throw NotATime(text: text) }
  return instant
}

func day(_ text: String) throws -> CivilDate {
  guard let date = CivilDate(text) else { throw NotATime(text: text) }
  return date
}

func clock(_ text: String) throws -> TimeOfDay {
  guard let time = TimeOfDay(text) else { throw NotATime(text: text) }
  return time
}

struct NotATime: Error {
  let text: String
}

extension LocalTime {
  /// `2026-03-08 03:00:00 -04:00 EDT`
  var shown: String {
    let minutes = abs(offsetSeconds) / 60
    let seconds = abs(offsetSeconds) % 60
    let offset = [minutes / 60, minutes % 60, seconds].map { ($0 < 10 ? "0" : "") + "\($0)" }
    let clock = [time.hour, time.minute, time.second].map { ($0 < 10 ? "0" : "") + "\($0)" }
    return "\(date) \(clock.joined(separator: ":")) \(offsetSeconds < 0 ? "-" : "+")"
      + offset.prefix(seconds == 0 ? 2 : 3).joined(separator: ":") + " \(abbreviation)"
  }
}
