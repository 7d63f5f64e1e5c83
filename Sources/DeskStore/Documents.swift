import Postgres

import struct FoundationEssentials.Data
import class FoundationEssentials.JSONDecoder
import class FoundationEssentials.JSONEncoder

/// JSON to and from `jsonb`; amounts inside are texts. Keys are sorted, so that equal values make
/// equal texts.
extension JSONText {
  init(encoding value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    self.init(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  func decoded<Value: Decodable>(as _: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(text.utf8))
  }
}
