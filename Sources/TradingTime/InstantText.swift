/// RFC 3339, the one way in which instants are written in files, answers and logs.
extension Instant: LosslessStringConvertible, Codable {
  /// Reads `2026-07-09T15:45:00.5+05:30`. Digits beyond the microsecond are dropped; a leap
  /// second counts as the second after it; anything that is not RFC 3339 is nil.
  package init?(rfc3339 text: String) {
    var scanner = Scanner(text)
    guard let date = scanner.date(), scanner.take(anyOf: "Tt "),
      let hour = scanner.number(digits: 2, in: 0...23), scanner.take(":"),
      let minute = scanner.number(digits: 2, in: 0...59), scanner.take(":"),
      let second = scanner.number(digits: 2, in: 0...60),
      let fraction = scanner.microsecondFraction(),
      let offset = scanner.offsetSeconds(), scanner.isAtEnd
    else { return nil }
    let local = date.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second
    microseconds = Int64(local - offset) * 1_000_000 + Int64(fraction)
  }

  package init?(_ description: String) {
    self.init(rfc3339: description)
  }

  /// In UTC, marked `Z`.
  package var description: String {
    text(offsetSeconds: 0, mark: "Z")
  }

  /// With the zone's offset. Offsets of odd seconds (before standard time) are cut to the minute,
  /// and the wall time with them, so that the text still means this very instant.
  package func rfc3339(in zone: ZoneRules) -> String {
    let minutes = zone.local(self).offsetSeconds / 60
    let mark =
      (minutes < 0 ? "-" : "+") + padded(abs(minutes) / 60, 2) + ":" + padded(abs(minutes) % 60, 2)
    return text(offsetSeconds: minutes * 60, mark: mark)
  }

  private func text(offsetSeconds: Int, mark: String) -> String {
    let local = Int(secondsSinceEpoch) + offsetSeconds
    let date = CivilDate(daysSinceEpoch: local.floored(by: 86_400))
    let time = local.remainder(flooredBy: 86_400)
    let clock = [time / 3_600, time / 60 % 60, time % 60].map { padded($0, 2) }
    return "\(date)T" + clock.joined(separator: ":") + fraction + mark
  }

  /// Three digits where they suffice, six otherwise, none for a whole second.
  private var fraction: String {
    let micros = Int(microseconds.remainder(flooredBy: 1_000_000))
    if micros == 0 { return "" }
    return micros % 1_000 == 0 ? "." + padded(micros / 1_000, 3) : "." + padded(micros, 6)
  }

  package init(from decoder: any Decoder) throws {
    self = try decoder.lossless("a time such as 2026-07-09T15:45:00+05:30")
  }

  package func encode(to encoder: any Encoder) throws {
    try encoder.encode(lossless: self)
  }
}
