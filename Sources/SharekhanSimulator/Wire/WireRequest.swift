/// A request as far as the simulator cares, and its answer: plain values, so that every route can
/// be asked without a socket.
package struct WireRequest: Sendable {
  package let method: String
  package let path: String
  package let query: String
  private let headers: [String: String]
  package let body: [UInt8]

  package init(
    _ method: String, _ path: String, query: String = "", headers: [String: String] = [:],
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = Dictionary(
      headers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
    self.body = body
  }

  package var segments: [String] {
    path.split(separator: "/").map(String.init)
  }

  func header(_ name: String) -> String? {
    headers[name]
  }

  /// One value of the query. Parts without `=` are passed over: the official Python library sends
  /// its path parameters as one lump of JSON there.
  func parameter(_ name: String) -> String? {
    for part in query.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2, pair[0] == name { return Percent.decode(String(pair[1])) }
    }
    return nil
  }
}

package struct WireAnswer: Sendable, Equatable {
  package var status: Int
  package var contentType: String?
  package var location: String?
  package var body: [UInt8]

  package init(
    status: Int, contentType: String? = nil, location: String? = nil, body: [UInt8] = []
  ) {
    self.status = status
    self.contentType = contentType
    self.location = location
    self.body = body
  }

  /// The connection ends without a byte.
  static let severed = WireAnswer(status: 0)
  var isSevered: Bool { status == 0 }

  static func json(_ status: Int, _ value: JSON) -> WireAnswer {
    WireAnswer(status: status, contentType: "application/json", body: Array(value.text.utf8))
  }

  static func html(_ status: Int, _ sentence: String) -> WireAnswer {
    let page = "<html><head><title>\(sentence)</title></head><body>\(sentence)</body></html>\n"
    return WireAnswer(
      status: status, contentType: "text/html; charset=utf-8", body: Array(page.utf8))
  }

  package var text: String { String(decoding: body, as: UTF8.self) }
}

enum Percent {
  static func decode(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let code = UInt8(String(rest.prefix(2)) ?? "", radix: 16) {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func encode(_ text: String) -> String {
    text.utf8.map { byte in
      let scalar = Character(UnicodeScalar(byte))
      if byte < 128, scalar.isLetter || scalar.isNumber || "-_.~".contains(scalar) {
        return String(scalar)
      }
      let hex = String(byte, radix: 16, uppercase: true)
      return "%" + (hex.count == 1 ? "0" : "") + hex
    }.joined()
  }
}
