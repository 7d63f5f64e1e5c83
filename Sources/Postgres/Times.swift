/// A moment, to the microsecond: `timestamptz`.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Since 1970-01-01T00:00:00Z.
  package var microsecondsSinceEpoch: Int64

  package init(microsecondsSinceEpoch: Int64) {
    self.microsecondsSinceEpoch = microsecondsSinceEpoch
  }

  /// The server's `infinity` and `-infinity`.
  package static let infinity = Timestamp(microsecondsSinceEpoch: .max)
  package static let negativeInfinity = Timestamp(microsecondsSinceEpoch: .min)

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
  }
}

/// A calendar date without a clock: `date`.
package struct Day: Hashable, Comparable, Sendable {
  /// Since 1970-01-01.
  package var daysSinceEpoch: Int

  package init(daysSinceEpoch: Int) {
    self.daysSinceEpoch = daysSinceEpoch
  }

  package static func < (left: Day, right: Day) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }
}

/// A span as the server keeps it. Months and days have no fixed length, so they stay apart.
package struct Interval: Hashable, Sendable {
  package var months: Int32
  package var days: Int32
  package var microseconds: Int64

  package init(months: Int32 = 0, days: Int32 = 0, microseconds: Int64 = 0) {
    self.months = months
    self.days = days
    self.microseconds = microseconds
  }

  /// `nil` if months or days are in it, whose length depends on the calendar.
  package var duration: Duration? {
    months == 0 && days == 0 ? .microseconds(microseconds) : nil
  }
}

private let microsecondsTo2000: Int64 = 946_684_800_000_000
private let daysTo2000 = 10_957

extension Timestamp: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .timestamptz }

  package func encode(into bytes: inout [UInt8]) throws {
    if self == .infinity || self == .negativeInfinity {
      bytes.append(bigEndian: microsecondsSinceEpoch)
      return
    }
    let (since2000, overflow) = microsecondsSinceEpoch.subtractingReportingOverflow(
      microsecondsTo2000)
    guard !overflow else {
      throw PostgresError.encoding("\(microsecondsSinceEpoch) is no moment PostgreSQL knows")
    }
    bytes.append(bigEndian: since2000)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    let since2000 = try value.integer(Int64.self, of: value.binary(.timestamptz))
    if since2000 == .max || since2000 == .min {
      self.init(microsecondsSinceEpoch: since2000)
      return
    }
    let (sinceEpoch, overflow) = since2000.addingReportingOverflow(microsecondsTo2000)
    guard !overflow else { throw .malformed("lies beyond the year 294247") }
    self.init(microsecondsSinceEpoch: sinceEpoch)
  }
}

extension Day: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .date }

  package func encode(into bytes: inout [UInt8]) throws {
    let (days, overflow) = daysSinceEpoch.subtractingReportingOverflow(daysTo2000)
    guard !overflow, let since2000 = Int32(exactly: days) else {
      throw PostgresError.encoding("day \(daysSinceEpoch) is no date PostgreSQL knows")
    }
    bytes.append(bigEndian: since2000)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    let since2000 = try value.integer(Int32.self, of: value.binary(.date))
    guard since2000 != .max, since2000 != .min else { throw .malformed("is an infinite date") }
    self.init(daysSinceEpoch: Int(since2000) + daysTo2000)
  }
}

extension Interval: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .interval }

  package func encode(into bytes: inout [UInt8]) {
    bytes.append(bigEndian: microseconds)
    bytes.append(bigEndian: days)
    bytes.append(bigEndian: months)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    let bytes = try value.binary(.interval)
    self.init(
      months: try value.integer(Int32.self, at: 12, of: bytes),
      days: try value.integer(Int32.self, at: 8, of: bytes),
      microseconds: try value.integer(Int64.self, of: bytes))
  }
}

/// Written as an interval of microseconds, rounded towards zero; read from one that has neither
/// months nor days.
extension Duration: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .interval }

  package func encode(into bytes: inout [UInt8]) throws {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, overflowed) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
    guard !overflow, !overflowed else {
      throw PostgresError.encoding("\(self) is longer than an interval can be")
    }
    Interval(microseconds: sum).encode(into: &bytes)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    guard let duration = try Interval(value).duration else {
      throw .malformed("has months or days, whose length depends on the calendar")
    }
    self = duration
  }
}
