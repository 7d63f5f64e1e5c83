import Desk
import Jobs
import TradingTime

/// How spans stand in sentences: whole seconds up to two minutes (`60s`), then `3m12s`.
func words(_ span: Duration) -> String {
  let seconds = span.components.seconds
  return abs(seconds) < 120 ? "\(seconds)s" : Duration.seconds(seconds).spelled
}

/// `1 order`, `2 orders`.
func count(_ number: Int, _ thing: String) -> String {
  "\(number) \(thing)\(number == 1 ? "" : "s")"
}

/// Values of the desk as figures and rows of a result: amounts are texts, because binary floating
/// point would change them; what is missing is null and never 0.
extension JSONValue {
  init(_ number: Int) { self = .integer(Int64(number)) }
  init(_ money: Money?) { self = money.map { .string($0.description) } ?? .null }
  init(_ quantity: Quantity?) { self = quantity.map { .integer($0) } ?? .null }
  init(_ instant: Instant?) { self = instant.map { .string($0.rfc3339(in: .india)) } ?? .null }
  init(_ texts: [String]) { self = .array(texts.map(JSONValue.string)) }
}
