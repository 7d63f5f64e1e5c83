import CCurl

/// A whole answer, whatever its status: judging 4xx and 5xx is the caller's.
package struct WebResponse: Sendable {
  package var status: Int
  package var headers: WebHeaders
  package var body: [UInt8]
  package var timings: WebTimings

  /// The server's clock as its `Date` header tells it, in seconds since 1970.
  package var dateSecondsSinceEpoch: Int? {
    guard let date = headers["date"] else { return nil }
    let seconds = curl_getdate(date, nil)
    return seconds < 0 ? nil : seconds
  }
}

/// Header fields in the order in which they came; names compare without case.
package struct WebHeaders: Sendable {
  package var fields: [(name: String, value: String)] = []

  package subscript(name: String) -> String? { all(name).first }

  package func all(_ name: String) -> [String] {
    fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }
}

/// Each span is measured from the start of the request.
package struct WebTimings: Sendable, Equatable {
  package var connected: Duration
  package var firstByte: Duration
  package var total: Duration
  /// False: the connection was kept from an earlier request.
  package var openedConnection: Bool
}

extension WebHeaders {
  /// Obsolete folding is joined to its field; a line that is no field is dropped, as libcurl does.
  init(lines: [String]) {
    for line in lines {
      if line.first == " " || line.first == "\t", let last = fields.indices.last {
        fields[last].value += " " + trimmed(line)
        continue
      }
      guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { continue }
      fields.append((String(line[..<colon]), trimmed(line[line.index(after: colon)...])))
    }
  }
}

private func trimmed(_ text: some StringProtocol) -> String {
  let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
  let start = text.drop(while: isBlank)
  guard let end = start.lastIndex(where: { !isBlank($0) }) else { return "" }
  return String(start[...end])
}
