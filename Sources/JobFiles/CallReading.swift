import Jobs
import YAML

/// Reads `http:`. A definition stands in the database, so nothing that opens a door may stand in
/// it.
enum CallReading {
  static func call(_ reader: Reader) -> Work? {
    reader.mapping { keys in
      let method = keys.optional("method") {
        $0.word(of: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].map { ($0, $0) })
      }
      let url = keys.required("url") {
        $0.parsed("an address such as https://host/path", by: Self.url)
      }
      let headers = keys.optional("headers") { $0.entries(Self.header) } ?? []
      let body = keys.optional("body") { $0.string() }
      if body != nil, method ?? "GET" == "GET" || method == "HEAD" {
        keys.report("'body' with \(method ?? "GET")", atKey: "body", "add method: POST, or another")
      }
      guard let url else { return nil }
      return .http(
        Work.Call(
          method: method ?? "GET", url: url,
          headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }), body: body))
    }
  }

  private static let wayOut = "let a 'command' call that reads its environment"

  private static func url(_ text: String) throws -> String {
    guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else {
      throw WrongSpelling("'\(text)' does not begin with https:// or http://")
    }
    let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // The text is not repeated: problems are printed and logged.
    guard !authority.contains("@") else {
      throw WrongSpelling("a URL with credentials would stand in the database; \(wayOut)")
    }
    guard !authority.isEmpty, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw WrongSpelling("'\(text)' is no address such as https://host/path")
    }
    return text
  }

  private static func header(_ name: String, _ value: Reader) -> (String, String)? {
    guard name.utf8.allSatisfy({ token.contains($0) }) else {
      value.report("'\(name)' is no header's name")
      return nil
    }
    guard !doors.contains(name.lowercased()) else {
      value.report("'\(name)' would stand in the database", wayOut)
      return nil
    }
    guard let text = value.string() else { return nil }
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      value.report("a header's value is one line")
      return nil
    }
    return (name, text)
  }

  private static let doors: Set = [
    "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key",
  ]

  /// RFC 9110, token.
  private static let token = Set(
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
}
