import FoundationEssentials
import Jobs

/// What differs between two definitions, by the shortest keys that differ.
enum DefinitionDifference {
  /// What the two are called, such as `in force` and `in the file`.
  struct Names {
    var old: String
    var new: String

    static let fileAgainstForce = Names(old: "in force", new: "in the file")
  }

  static func lines(
    from old: Job, to new: Job, named names: Names = .fileAgainstForce
  ) -> [String] {
    guard let before = tree(of: old), let after = tree(of: new) else {
      return ["  the definitions cannot be compared"]
    }
    return lines("", before, after, names)
  }

  private static func lines(
    _ path: String, _ before: JSONValue?, _ after: JSONValue?, _ names: Names
  ) -> [String] {
    if before == after { return [] }
    if case .object(let old)? = before, case .object(let new)? = after {
      return Set(old.keys).union(new.keys).sorted().flatMap { key in
        lines(path.isEmpty ? key : "\(path).\(key)", old[key], new[key], names)
      }
    }
    if let old = before?.text, let new = after?.text, old.count > longest || new.count > longest {
      return [longText(path, old, new, names)]
    }
    return ["  \(path): \(shown(before)) \(names.old), \(shown(after)) \(names.new)"]
  }

  private static let longest = 120

  /// Of a script only the first line that differs: two beginnings that look alike tell nothing.
  private static func longText(
    _ path: String, _ old: String, _ new: String, _ names: Names
  ) -> String {
    let before = old.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let after = new.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let same = zip(before, after).prefix { $0 == $1 }.count
    func line(_ lines: [Substring]) -> String {
      guard lines.indices.contains(same) else { return "nothing" }
      return shown(.string(String(lines[same])))
    }
    return "  \(path), line \(same + 1): \(line(before)) \(names.old), \(line(after)) \(names.new)"
  }

  private static func tree(of job: Job) -> JSONValue? {
    guard let bytes = try? JSONEncoder().encode(job) else { return nil }
    return try? JSONDecoder().decode(JSONValue.self, from: bytes)
  }

  private static func shown(_ value: JSONValue?) -> String {
    guard let value else { return "nothing" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return text.count > longest ? text.prefix(longest - 1) + "…" : text
  }
}
