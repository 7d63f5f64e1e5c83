import Desk
import JobStore
import Jobs
import TradingTime

/// The `with` of a job, read by name. A job file's parameters were checked when it was loaded; what
/// a manual run sets (`--set k=v`) was not, so every reading can still refuse.
struct Parameters: Sendable {
  private let values: [String: JSONValue]

  init(_ attempt: Attempt) { values = attempt.parameters }
  init(_ values: [String: JSONValue]) { self.values = values }

  func text(_ name: String) -> String? {
    switch values[name] {
    case .string(let text)?: text
    case .integer(let number)?: String(number)
    case .bool(let bool)?: String(bool)
    default: nil
    }
  }

  func span(_ name: String, default standard: Duration) throws -> Duration {
    guard let text = text(name) else { return standard }
    do {
      return try Duration(spelling: text)
    } catch {
      throw UnitFailure("parameter '\(name)': \(error)")
    }
  }

  /// One text, with commas between, or a list of them; nil if nothing was given.
  func list(_ name: String) -> [String]? {
    switch values[name] {
    case nil, .null?: nil
    case .array(let elements)?: elements.map { $0.text ?? "\($0)" }
    case .string(let text)?: text.split(separator: ",").map(String.init)
    case .some(let other): ["\(other)"]
    }
  }

  /// Instruments as `NC:2885`; one text or a list of them.
  func instruments(_ name: String) throws -> [InstrumentKey] {
    try (list(name) ?? []).map { text in
      guard let key = InstrumentKey(text) else {
        throw UnitFailure(
          "parameter '\(name)' holds \"\(text.prefix(40))\"; an instrument is written "
            + "exchange:scripcode, such as NC:2885")
      }
      return key
    }
  }

  func barWidth(_ name: String = "interval") throws -> BarWidth {
    guard let word = text(name) else { return .standard }
    guard let width = BarWidth(word: word) else {
      throw UnitFailure(
        "parameter '\(name)' is \"\(word.prefix(40))\"; the broker knows: "
          + BarWidth.words.joined(separator: ", "))
    }
    return width
  }

  /// Those of the names that were given, as texts.
  func texts(_ names: [String]) -> [String: String] {
    names.reduce(into: [:]) { found, name in found[name] = text(name) }
  }
}
