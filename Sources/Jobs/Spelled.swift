import TradingTime

/// A duration that is stored as it is written in a job file (`"25s"`), so that an operator can read a
/// definition in `jobs.job` with `psql`.
@propertyWrapper
package struct Spelled: Codable, Hashable, Sendable {
  package var wrappedValue: Duration

  package init(wrappedValue: Duration) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws {
    wrappedValue = try Duration(spelling: decoder.singleValueContainer().decode(String.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(wrappedValue.spelled)
  }
}

/// The same for a duration that may be absent; an absent one leaves no key behind.
@propertyWrapper
package struct SpelledIfAny: Codable, Hashable, Sendable {
  package var wrappedValue: Duration?

  package init(wrappedValue: Duration?) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    wrappedValue =
      value.decodeNil() ? nil : try Duration(spelling: value.decode(String.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    if let wrappedValue {
      try value.encode(wrappedValue.spelled)
    } else {
      try value.encodeNil()
    }
  }
}

extension KeyedDecodingContainer {
  package func decode(_ type: SpelledIfAny.Type, forKey key: Key) throws -> SpelledIfAny {
    try decodeIfPresent(type, forKey: key) ?? SpelledIfAny(wrappedValue: nil)
  }
}

extension KeyedEncodingContainer {
  package mutating func encode(_ value: SpelledIfAny, forKey key: Key) throws {
    guard let duration = value.wrappedValue else { return }
    try encode(duration.spelled, forKey: key)
  }
}
