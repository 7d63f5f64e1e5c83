import FoundationEssentials
import Jobs

/// What differs between two definitions, key by key.
enum DefinitionDifference {
  static func lines(from old: Job, to new: Job) -> [String] {
    let before = members(old)
    let after = members(new)
    return Set(before.keys).union(after.keys).sorted().compactMap { key in
      guard before[key] != after[key] else { return nil }
      return "  \(key): \(text(before[key])) in force, \(text(after[key])) in the file"
    }
  }

  private static func members(_ job: Job) -> [String: JSONValue] {
    guard let bytes = try? JSONEncoder().encode(job),
      case .object(let members)? = try? JSONDecoder().decode(JSONValue.self, from: bytes)
    else { return [:] }
    return members
  }

  private static func text(_ value: JSONValue?) -> String {
    guard let value else { return "nothing" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return text.count > 120 ? text.prefix(117) + "…" : text
  }
}
