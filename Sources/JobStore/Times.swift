import Postgres
import TradingTime

// The client's own forms of time and the centre's are the same numbers.
extension Timestamp {
  init(_ instant: Instant) { self.init(microsecondsSinceEpoch: instant.microseconds) }
}

extension Instant {
  init(_ timestamp: Timestamp) { self.init(microseconds: timestamp.microsecondsSinceEpoch) }
}

extension Day {
  init(_ date: CivilDate) { self.init(daysSinceEpoch: date.daysSinceEpoch) }
}

extension CivilDate {
  init(_ day: Day) { self.init(daysSinceEpoch: day.daysSinceEpoch) }
}

extension Row {
  func instant(_ column: String) throws -> Instant {
    Instant(try decode(column, as: Timestamp.self))
  }

  func instantIfAny(_ column: String) throws -> Instant? {
    try decode(column, as: Timestamp?.self).map(Instant.init)
  }

  func date(_ column: String) throws -> CivilDate { CivilDate(try decode(column, as: Day.self)) }

  /// A word of the schema as the centre's own.
  func word<Word: RawRepresentable>(_ column: String, as _: Word.Type = Word.self) throws -> Word
  where Word.RawValue == String {
    let text = try decode(column, as: String.self)
    guard let word = Word(rawValue: text) else {
      throw PostgresError.decoding(
        "column \"\(column)\" holds '\(text)', which this muhurat does not know")
    }
    return word
  }
}
