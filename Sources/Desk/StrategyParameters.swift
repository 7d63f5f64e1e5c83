package enum StrategyError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownStrategy(String)
  case unknownParameter(String, strategy: String, known: [String])
  case badParameter(String, value: String, needs: String)

  package var description: String {
    switch self {
    case .unknownStrategy(let name):
      "no strategy named '\(name)'; strategies are: "
        + BuiltInStrategy.names.joined(separator: ", ")
    case .unknownParameter(let name, let strategy, let known):
      "\(strategy) has no parameter '\(name)'; it has: \(known.joined(separator: ", "))"
    case .badParameter(let name, let value, let needs):
      "parameter '\(name)' is \"\(value)\": it must be \(needs)"
    }
  }
}

/// Text parameters read one by one, each with its range; whatever was not asked for is unknown.
struct StrategyParameters {
  private let values: [String: String]
  private let strategy: String
  private var known: [String] = []

  init(_ values: [String: String], of strategy: String) {
    self.values = values
    self.strategy = strategy
  }

  mutating func whole(
    _ name: String, default standard: Int, in range: ClosedRange<Int>
  ) throws(StrategyError) -> Int {
    known.append(name)
    guard let text = values[name] else { return standard }
    guard let value = Int(text), range.contains(value) else {
      throw .badParameter(
        name, value: text, needs: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  mutating func yesOrNo(_ name: String, default standard: Bool) throws(StrategyError) -> Bool {
    known.append(name)
    guard let text = values[name] else { return standard }
    guard let value = Bool(text) else {
      throw .badParameter(name, value: text, needs: "true or false")
    }
    return value
  }

  func refuseUnknown() throws(StrategyError) {
    for name in values.keys.sorted() where !known.contains(name) {
      throw .unknownParameter(name, strategy: strategy, known: known.sorted())
    }
  }
}
