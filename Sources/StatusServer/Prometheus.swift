/// Prometheus' text format, version 0.0.4: families in order, each with its help and kind, every
/// label value escaped. All are gauges: what tables tell of a window may fall as well as rise.
struct Prometheus {
  private(set) var text = ""

  mutating func family(
    _ name: String, _ help: String,
    _ samples: [(labels: [(String, String)], value: Double)]
  ) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n"
    text += "# TYPE \(name) gauge\n"
    for sample in samples {
      text += name + Self.labels(sample.labels) + " " + Self.number(sample.value) + "\n"
    }
  }

  mutating func gauge(_ name: String, _ help: String, _ value: Double?) {
    guard let value else { return }
    family(name, help, [([], value)])
  }

  private static func labels(_ labels: [(String, String)]) -> String {
    guard !labels.isEmpty else { return "" }
    return "{" + labels.map { "\($0.0)=\"\(escaped($0.1, quotes: true))\"" }.joined(separator: ",")
      + "}"
  }

  static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}
