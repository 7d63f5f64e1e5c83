package import FoundationEssentials

extension Reader {
  /// Where text is wanted, `5` and `true` are text too; a key without a value is not.
  package func string() -> String? {
    if case .scalar(let scalar) = node.content, scalar.value != .null { return scalar.text }
    expected("text")
    return nil
  }

  package func int(in range: ClosedRange<Int>? = nil) -> Int? {
    guard case .int(let number) = scalarValue else {
      expected("a whole number", quotesSuggestion)
      return nil
    }
    if let range, !range.contains(number) {
      expected(
        range.upperBound == .max
          ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  package func bool() -> Bool? {
    if case .bool(let value) = scalarValue { return value }
    let meant: String? =
      switch scalarText?.lowercased() {
      case "yes", "on", "y": "did you mean true?"
      case "no", "off", "n": "did you mean false?"
      default: quotesSuggestion
      }
    expected("true or false", meant)
    return nil
  }

  /// Exact, and only as many digits as a decimal can keep.
  package func decimal() -> Decimal? {
    let text: String? =
      switch scalarValue {
      case .int(let number): String(number)
      case .decimal(let digits): digits
      default: nil
      }
    guard let text else {
      expected("a number", quotesSuggestion)
      return nil
    }
    guard text.utf8.count <= 38, let number = Decimal(string: text) else {
      expected("a number of at most 36 digits")
      return nil
    }
    return number
  }

  /// One of an enum's raw values.
  package func word<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> Word? {
    word(of: type.allCases.map { ($0.rawValue, $0) })
  }

  package func word<Value>(of choices: [(String, Value)]) -> Value? {
    if let text = scalarText, let choice = choices.first(where: { $0.0 == text }) {
      return choice.1
    }
    let words = choices.map(\.0)
    let meant = scalarText.flatMap { nearest(to: $0, in: words) }
    expected(alternatives(words), meant.map { "did you mean \(quoted($0))?" })
    return nil
  }

  /// Text with a grammar of its own; what its parser throws is the message.
  package func parsed<Value>(_ wanted: String, by parse: (String) throws -> Value) -> Value? {
    guard let text = scalarText else {
      expected(wanted)
      return nil
    }
    do {
      return try parse(text)
    } catch {
      report("\(error)")
      return nil
    }
  }

  /// Text that its type reads or not, such as a date.
  package func value<Value: LosslessStringConvertible>(
    _ wanted: String, _ type: Value.Type = Value.self
  ) -> Value? {
    if let value = scalarText.flatMap(Value.init) { return value }
    expected(wanted)
    return nil
  }

  private var scalarValue: Scalar.Value? {
    if case .scalar(let scalar) = node.content { scalar.value } else { nil }
  }

  /// Nil for lists, mappings and nothing.
  private var scalarText: String? {
    guard case .scalar(let scalar) = node.content, scalar.value != .null else { return nil }
    return scalar.text
  }

  private var quotesSuggestion: String? {
    guard case .scalar(let scalar) = node.content, !scalar.isPlain else { return nil }
    if case .string = Scalar(text: scalar.text, isPlain: true).value { return nil }
    return "remove the quotes"
  }

  /// `a, b or c`
  private func alternatives(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "nothing" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}
