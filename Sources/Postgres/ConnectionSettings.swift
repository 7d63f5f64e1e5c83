import CPostgres

/// Where the database is and how to behave there.
///
/// What libpq understands passes through to it: `postgresql://` URLs, `key=value` strings, `PG…`
/// variables, password and service files. The password is kept out of every text made here.
package struct ConnectionSettings: Sendable {
  /// How statements are known to the server.
  package enum Prepared: Sendable, Hashable {
    /// Prepared once per connection by their text, at most so many; the least used is let go.
    case cached(limit: Int)
    /// Never named, and no startup options: a pooler in transaction mode gives every transaction
    /// another server connection.
    case unnamed
  }

  package var prepared = Prepared.cached(limit: 256)

  /// pgbouncer 1.18 to 1.20 ends, with everybody's connections, when a server connection answers or
  /// hangs up while a request to stop is on its way to it
  /// (https://github.com/pgbouncer/pgbouncer/pull/927).
  var takesRequestsToStop: Bool { prepared != .unnamed }

  package var applicationName = "muhurat"

  /// For connecting, name resolution apart.
  package var connectLimit = Duration.seconds(5)

  /// For a statement that was given no deadline.
  package var timeLimit = Duration.seconds(30)

  let conninfo: String?
  private let secrets: [String]
  private let place: String

  /// - Parameter url: `nil` leaves everything to the `PG…` variables.
  package init(url: String? = nil) throws {
    conninfo = url
    let options = try Self.parse(nil).merging(url.map(Self.parse) ?? [:]) { _, given in given }
    secrets = ["password", "sslpassword"].compactMap { options[$0] }.filter { !$0.isEmpty }
    if let limit = options["connect_timeout"].flatMap({ Int64($0) }), limit > 0 {
      connectLimit = .seconds(limit)
    }
    let host = options["host"] ?? options["hostaddr"] ?? "local socket"
    let port = options["port"].map { ":\($0)" } ?? ""
    let user = options["user"].map { "\($0)@" } ?? ""
    let name = options["dbname"].map { "/\($0)" } ?? ""
    place = "\(user)\(host)\(port)\(name)"
  }

  /// The parser's own message may quote any part of the text, the password too, so it is not used.
  private static func parse(_ url: String?) throws -> [String: String] {
    guard let first = url.map({ PQconninfoParse($0, nil) }) ?? PQconndefaults() else {
      throw PostgresError.misuse(
        "the database's address cannot be read; write postgresql://user@host:5432/name "
          + "or host=… dbname=…, special characters in a URL as %XX")
    }
    defer { PQconninfoFree(first) }
    var options: [String: String] = [:]
    var option = first
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        options[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    return options
  }

  /// Server and library messages pass through here before they become an error.
  func redacted(_ text: String) -> String {
    var text = text.split(separator: "\n").map { $0.trimming(" \t") }.joined(separator: "; ")
    for secret in secrets { text = text.replacing(secret, with: "…") }
    return text
  }

  /// The passwords as they are and as they stand in the URL, for whoever keeps what others print.
  package var writtenSecrets: [String] {
    guard let conninfo, let scheme = conninfo.firstRange(of: "://") else { return secrets }
    let authority = conninfo[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    guard let colon = authority.firstIndex(of: ":"), let at = authority.lastIndex(of: "@"),
      colon < at
    else { return secrets }
    let asWritten = String(authority[authority.index(after: colon)..<at])
    return asWritten.isEmpty ? secrets : secrets + [asWritten]
  }

  /// For libpq, in order; what stands before `dbname` is overruled by what the URL says.
  var parameters: [(keyword: String, value: String)] {
    let defaults = [
      ("fallback_application_name", applicationName),
      ("client_encoding", "UTF8"),
      ("keepalives", "1"), ("keepalives_idle", "20"), ("keepalives_interval", "5"),
      ("keepalives_count", "3"), ("tcp_user_timeout", "20000"),
    ]
    return defaults + (conninfo.map { [("dbname", $0)] } ?? [])
  }
}

extension ConnectionSettings: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// Without the password: `desk@db1:5432/muhurat`.
  package var description: String { place }
  package var debugDescription: String { place }

  /// Or `dump` would show it.
  package var customMirror: Mirror { Mirror(self, children: ["place": place]) }
}

extension Substring {
  fileprivate func trimming(_ characters: String) -> Substring {
    var text = self
    while let last = text.last, characters.contains(last) { text.removeLast() }
    while let first = text.first, characters.contains(first) { text.removeFirst() }
    return text
  }
}
