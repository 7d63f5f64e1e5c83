package import TradingTime

/// The name of the lock a run takes, with places to fill in: `account/{item}`.
///
/// Two runs with equal names never run together, whichever jobs they belong to. A wider name
/// (`{job}@{due_at}`) is how a job asks for concurrent runs of its own.
package struct LockTemplate: Hashable, Sendable {
  package static let places = ["job", "item", "due_at", "business_date"]

  package let text: String

  package init(text: String) { self.text = text }

  /// The default: the job, or the job's item where there are items.
  package static func standard(job: String, hasItems: Bool) -> LockTemplate {
    LockTemplate(text: hasItems ? "\(job)/{item}" : job)
  }

  package func name(job: String, item: String?, dueAt: Instant?, businessDate: CivilDate) -> String
  {
    // In one walk, so that a value which looks like a place stays a value.
    var name = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      name += rest[..<open]
      switch rest[rest.index(after: open)..<close] {
      case "job": name += job
      case "item": name += item ?? ""
      case "due_at": name += dueAt?.description ?? "manual"
      case "business_date": name += businessDate.description
      default: name += rest[open...close]
      }
      rest = rest[rest.index(after: close)...]
    }
    return name + rest
  }

  /// Words in braces that are no place; a job file that has one is refused.
  package var unknownPlaces: [String] {
    // With what is empty kept, or a place at the very start would pass for what precedes the first.
    text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { piece in
      guard let end = piece.firstIndex(of: "}") else { return String(piece) }
      let word = String(piece[..<end])
      return Self.places.contains(word) ? nil : word
    }
  }
}

extension LockTemplate: Codable {
  package init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(text)
  }
}
