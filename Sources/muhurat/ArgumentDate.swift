import ArgumentParser
import TradingTime

/// A date of the command line.
enum ArgumentDate {
  static func read(_ text: String) throws -> CivilDate {
    guard let date = CivilDate(text) else {
      throw ValidationError("'\(text)' is no date such as 2026-07-09")
    }
    return date
  }
}
