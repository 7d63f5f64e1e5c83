import HTTPClient

/// The single-use token that the login page hands over. It is a secret, and it knows no more than
/// that.
package struct RequestToken: Sendable {
  let token: Secret

  /// Takes what an operator pastes: the whole redirect URL, its query, or the bare token.
  package init?(_ pasted: String) {
    var text = Substring(pasted.filter { !$0.isNewline && $0 != "\t" })
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    if let name = text.range(of: "request_token=") {
      text = text[name.upperBound...].prefix { $0 != "&" && $0 != "#" }
    } else if text.contains("?") || text.contains("://") {
      return nil
    }
    guard !text.isEmpty else { return nil }
    token = Secret(percentDecoded(text))
  }
}

/// A `%` that starts no escape stays: the text was not encoded then.
private func percentDecoded(_ text: Substring) -> String {
  let bytes = Array(text.utf8)
  var out: [UInt8] = []
  var index = 0
  while index < bytes.count {
    if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
      let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
    {
      out.append(value)
      index += 3
    } else {
      out.append(bytes[index])
      index += 1
    }
  }
  return String(decoding: out, as: UTF8.self)
}

extension Substring {
  fileprivate func range(of needle: String) -> Range<Index>? { ranges(of: needle).first }
}
