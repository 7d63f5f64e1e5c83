/// The unit a job names: a built-in one, a program, a script or a call.
package enum Work: Hashable, Sendable {
  /// A unit of the catalogue (`unit: sync-positions`).
  case unit(String)
  /// A program and its arguments; never a shell line.
  case command([String])
  /// One script, run in one fenced transaction; its last `select` gives the rows.
  case sql(path: String, text: String)
  case http(Call)

  /// A request that must answer 2xx.
  package struct Call: Codable, Hashable, Sendable {
    package var method: String
    package var url: String
    package var headers: [String: String]
    package var body: String?

    package init(
      method: String, url: String, headers: [String: String] = [:], body: String? = nil
    ) {
      self.method = method
      self.url = url
      self.headers = headers
      self.body = body
    }
  }

  /// A script is safe to repeat because its commit decides; what a program or a call did outside the
  /// database cannot be known. A built-in unit says so itself (`UnitDescription.isIdempotent`).
  package var isIdempotentByNature: Bool {
    if case .sql = self { true } else { false }
  }

  /// The word for it in tables and messages.
  package var word: String {
    switch self {
    case .unit(let name): name
    case .command(let words): words.first ?? "command"
    case .sql(let path, _): path
    case .http(let call): "\(call.method) call"
    }
  }
}

extension Work: Codable {
  private enum Key: String, CodingKey {
    case unit, command, sql, text, http
  }

  package init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    if let name = try keys.decodeIfPresent(String.self, forKey: .unit) {
      self = .unit(name)
    } else if let words = try keys.decodeIfPresent([String].self, forKey: .command) {
      self = .command(words)
    } else if let path = try keys.decodeIfPresent(String.self, forKey: .sql) {
      self = .sql(path: path, text: try keys.decode(String.self, forKey: .text))
    } else {
      self = .http(try keys.decode(Call.self, forKey: .http))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    switch self {
    case .unit(let name): try keys.encode(name, forKey: .unit)
    case .command(let words): try keys.encode(words, forKey: .command)
    case .sql(let path, let text):
      try keys.encode(path, forKey: .sql)
      try keys.encode(text, forKey: .text)
    case .http(let call): try keys.encode(call, forKey: .http)
    }
  }
}
