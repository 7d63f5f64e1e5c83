import CCurl

/// Where a request goes, as libcurl itself reads the URL: what is checked is what is called.
struct WebAddress: Sendable, Equatable {
  var scheme: String
  var host: String
  var port: String?
  var hasCredentials: Bool

  init?(_ url: String) {
    guard let parts = curl_url() else { return nil }
    defer { curl_url_cleanup(parts) }
    guard curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK else { return nil }
    func part(_ which: CURLUPart) -> String? {
      var text: UnsafeMutablePointer<CChar>?
      guard curl_url_get(parts, which, &text, 0) == CURLUE_OK, let text else { return nil }
      defer { curl_free(text) }
      return String(cString: text)
    }
    guard let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST) else { return nil }
    self.scheme = scheme
    self.host = host
    port = part(CURLUPART_PORT)
    hasCredentials = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil
  }

  var hostAndPort: String { port.map { "\(host):\($0)" } ?? host }

  /// Literal loopback addresses and `localhost`, which RFC 6761 reserves for them.
  var isLoopback: Bool {
    host == "localhost" || host == "[::1]" || isLoopbackIPv4
  }

  private var isLoopbackIPv4: Bool {
    let bytes = host.split(separator: ".", omittingEmptySubsequences: false)
    return bytes.count == 4 && bytes[0] == "127" && bytes.allSatisfy { UInt8($0) != nil }
  }
}

/// Whether a URL names this machine, read as the client would read it.
package func isLoopback(url: String) -> Bool {
  WebAddress(url)?.isLoopback ?? false
}

/// The host of a URL, without an IPv6 address's brackets, and its port if it names one.
package func webHost(of url: String) -> (name: String, port: Int?)? {
  guard let address = WebAddress(url), !address.hasCredentials else { return nil }
  let isBracketed = address.host.hasPrefix("[") && address.host.hasSuffix("]")
  let name = isBracketed ? String(address.host.dropFirst().dropLast()) : address.host
  return (name, address.port.flatMap { Int($0) })
}
