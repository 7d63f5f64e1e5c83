package import Desk
import FoundationEssentials
package import Postgres
import TradingTime

// Money is the server's `numeric`, exactly; times and dates are the same numbers in other clothes.
extension Money: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
  package static var postgresType: PostgresType { .numeric }

  package func encode(into bytes: inout [UInt8]) throws {
    try amount.encode(into: &bytes)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    self.init(amount: try Decimal(value))
  }
}

extension Timestamp {
  init(_ instant: Instant) { self.init(microsecondsSinceEpoch: instant.microseconds) }
}

extension Day {
  init(_ date: CivilDate) { self.init(daysSinceEpoch: date.daysSinceEpoch) }
}

extension Row {
  func instant(_ column: String) throws -> Instant {
    Instant(microseconds: try decode(column, as: Timestamp.self).microsecondsSinceEpoch)
  }

  func instantIfAny(_ column: String) throws -> Instant? {
    try decode(column, as: Timestamp?.self).map { Instant(microseconds: $0.microsecondsSinceEpoch) }
  }

  func date(_ column: String) throws -> CivilDate {
    CivilDate(daysSinceEpoch: try decode(column, as: Day.self).daysSinceEpoch)
  }

  func dateIfAny(_ column: String) throws -> CivilDate? {
    try decode(column, as: Day?.self).map { CivilDate(daysSinceEpoch: $0.daysSinceEpoch) }
  }

  func money(_ column: String) throws -> Money { try decode(column) }

  func moneyIfAny(_ column: String) throws -> Money? { try decode(column) }

  func whole(_ column: String) throws -> Int { Int(try decode(column, as: Int32.self)) }

  /// The columns `exchange` and `scrip_code`.
  func key() throws -> InstrumentKey {
    InstrumentKey(exchange: try decode("exchange"), scripCode: try decode("scrip_code"))
  }

  /// A word of the schema as the desk's own.
  func word<Word>(_ column: String, _ read: (String) -> Word?) throws -> Word {
    let text: String = try decode(column)
    guard let word = read(text) else {
      throw PostgresError.decoding(
        "column \"\(column)\" holds '\(text)', which this muhurat does not know")
    }
    return word
  }
}

/// Columns for `unnest`; one with values that may be missing is a plain `map`.
extension Sequence {
  func texts(_ read: (Element) -> String) -> [String] { map(read) }

  func numbers(_ read: (Element) -> Int64) -> [Int64] { map(read) }

  func amounts(_ read: (Element) -> Money) -> [Money] { map(read) }
}
