/// A day of the week, by the three letters that cron lines and job files use.
package enum Weekday: String, Sendable, Hashable, CaseIterable, Comparable, Codable {
  case mon, tue, wed, thu, fri, sat, sun

  /// ISO's number, Monday 1 to Sunday 7; other numbers count on in weeks.
  package init(isoNumber: Int) {
    self = Self.allCases[(isoNumber - 1).remainder(flooredBy: 7)]
  }

  package var isoNumber: Int {
    switch self {
    case .mon: 1
    case .tue: 2
    case .wed: 3
    case .thu: 4
    case .fri: 5
    case .sat: 6
    case .sun: 7
    }
  }

  package var isWeekend: Bool { self == .sat || self == .sun }

  package static func < (one: Weekday, other: Weekday) -> Bool {
    one.isoNumber < other.isoNumber
  }
}
