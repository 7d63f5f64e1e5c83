/// A time on the wall, in no zone. Whole seconds: nothing of ours starts finer than that.
package struct TimeOfDay: Sendable, Hashable, Comparable {
  package let secondsSinceMidnight: Int

  package init?(secondsSinceMidnight: Int) {
    guard (0..<86_400).contains(secondsSinceMidnight) else { return nil }
    self.secondsSinceMidnight = secondsSinceMidnight
  }

  package init?(hour: Int, minute: Int, second: Int = 0) {
    guard (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second) else {
      return nil
    }
    secondsSinceMidnight = hour * 3_600 + minute * 60 + second
  }

  /// The time within a count of seconds from any midnight.
  init(wrapping seconds: Int) {
    secondsSinceMidnight = seconds.remainder(flooredBy: 86_400)
  }

  package static let midnight = TimeOfDay(wrapping: 0)

  /// When a business date begins unless a setting says otherwise: 06:00.
  package static let businessDayStart = TimeOfDay(wrapping: 6 * 3_600)

  package var hour: Int { secondsSinceMidnight / 3_600 }
  package var minute: Int { secondsSinceMidnight / 60 % 60 }
  package var second: Int { secondsSinceMidnight % 60 }

  package static func < (one: TimeOfDay, other: TimeOfDay) -> Bool {
    one.secondsSinceMidnight < other.secondsSinceMidnight
  }
}

extension TimeOfDay: LosslessStringConvertible, Codable {
  /// `15:45` or `15:45:30`; no other spelling, and no 24:00, which is another day's 00:00.
  package init?(_ description: String) {
    var scanner = Scanner(description)
    guard let time = scanner.timeOfDay(), scanner.isAtEnd else { return nil }
    self = time
  }

  package var description: String {
    let start = "\(padded(hour, 2)):\(padded(minute, 2))"
    return second == 0 ? start : "\(start):\(padded(second, 2))"
  }

  package init(from decoder: any Decoder) throws {
    self = try decoder.lossless("a time of day such as 15:45")
  }

  package func encode(to encoder: any Encoder) throws {
    try encoder.encode(lossless: self)
  }
}
