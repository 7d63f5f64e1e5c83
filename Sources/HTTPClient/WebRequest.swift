package import Threads

/// One request, as a value. Nothing of it but the method and the host is ever shown: the query, the
/// headers and the body may carry tokens.
package struct WebRequest: Sendable {
  package var method: String
  package var url: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]?

  /// From the call to the last byte of the answer.
  package var timeLimit: Duration
  /// For name lookup, connection and TLS together.
  package var connectTimeLimit: Duration
  /// An answer with a longer body fails as a whole; a cut answer is never handed out.
  package var bodyLimit: Int
  /// libcurl sends a request again by itself when a kept connection dies before the first byte of
  /// an answer, whatever the method. Only a request that may be repeated is therefore given a kept
  /// connection; all others are sent once, on a connection of their own.
  package var mayBeRepeated: Bool
  /// Looked at when the connection is there and nothing is sent yet: once it has passed, nothing
  /// will be.
  package var startsBefore: Deadline

  /// - Parameter mayBeRepeated: nil: if it only reads, by its method.
  package init(
    method: String = "GET", url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil, timeLimit: Duration = .seconds(15),
    connectTimeLimit: Duration = .seconds(5), bodyLimit: Int = 8 << 20,
    mayBeRepeated: Bool? = nil, startsBefore: Deadline = .never
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeLimit = timeLimit
    self.connectTimeLimit = connectTimeLimit
    self.bodyLimit = bodyLimit
    self.mayBeRepeated = mayBeRepeated ?? (method == "GET" || method == "HEAD")
    self.startsBefore = startsBefore
  }
}

extension WebRequest: CustomStringConvertible, CustomReflectable {
  package var description: String { "\(method) \(WebAddress(url)?.hostAndPort ?? "(no address)")" }

  package var customMirror: Mirror {
    Mirror(self, children: ["request": description])
  }
}
