/// How a zone's clock on the wall relates to time: the transitions that tzdata lists and, beyond
/// them, the rule at the end of the file. A value, read once from the system's zoneinfo by whoever
/// may open files, so that everything that computes with it is pure.
package struct ZoneRules: Sendable {
  /// The IANA name, such as `Europe/London`.
  package let name: String

  /// In force before the first transition; then each transition's own type.
  let initial: LocalType
  let transitions: [Change]
  /// Decides after the last transition. None: the last type lasts forever.
  let footer: PosixRule?

  init(name: String, initial: LocalType, transitions: [Change] = [], footer: PosixRule? = nil) {
    self.name = name
    self.initial = initial
    self.transitions = transitions
    self.footer = footer
  }

  package static let utc = fixed("UTC", offsetSeconds: 0, abbreviation: "UTC")

  /// The exchanges' own zone. Without daylight saving since 1945, so it needs no file.
  package static let india = fixed("Asia/Kolkata", offsetSeconds: 19_800, abbreviation: "IST")

  package static func fixed(
    _ name: String, offsetSeconds: Int, abbreviation: String? = nil
  ) -> ZoneRules {
    let offset = min(max(offsetSeconds, -LocalType.limit), LocalType.limit)
    let text =
      (offset < 0 ? "-" : "+") + padded(abs(offset) / 3_600, 2) + padded(abs(offset) / 60 % 60, 2)
    return ZoneRules(
      name: name, initial: LocalType(offsetSeconds: offset, abbreviation: abbreviation ?? text))
  }
}

extension ZoneRules: Hashable {
  package func hash(into hasher: inout Hasher) {
    hasher.combine(name)
  }
}

/// One of a zone's ways to tell the time: an offset and its short name.
struct LocalType: Sendable, Hashable {
  /// No zone is further from Greenwich than this (the standard allows 25 hours, RFC 9636).
  static let limit = 26 * 3_600

  let offsetSeconds: Int
  let abbreviation: String
}

/// From this second on, this type.
struct Change: Sendable, Hashable {
  let second: Int64
  let type: LocalType
}
