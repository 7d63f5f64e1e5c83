extension Decoder {
  /// A value that stands in JSON as its own text.
  func lossless<Value: LosslessStringConvertible>(_ expected: String) throws -> Value {
    let container = try singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Value(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected \(expected), got '\(text)'")
    }
    return value
  }
}

extension Encoder {
  func encode(lossless value: some LosslessStringConvertible) throws {
    var container = singleValueContainer()
    try container.encode(value.description)
  }
}
