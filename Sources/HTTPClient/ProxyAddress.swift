import CCurl

/// An HTTP proxy as libcurl reads its URL, so that what does not go through libcurl goes the same way.
package struct ProxyAddress: Sendable, Equatable, CustomStringConvertible {
  /// Without an IPv6 address's brackets.
  package let host: String
  package let port: Int
  /// `user:password`, as basic authentication takes it.
  package let credentials: Secret?

  /// Nil for what is no proxy or one of another kind. libcurl's default port is 1080.
  package init?(_ url: String) {
    guard let parts = curl_url() else { return nil }
    defer { curl_url_cleanup(parts) }
    // What has no scheme is an HTTP proxy, even where its name begins as another kind's.
    let whole = url.contains("://") ? url : "http://\(url)"
    guard curl_url_set(parts, CURLUPART_URL, whole, 0) == CURLUE_OK,
      Self.part(CURLUPART_SCHEME, of: parts) == "http",
      let host = Self.part(CURLUPART_HOST, of: parts)
    else { return nil }
    self.host =
      host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    port = Self.part(CURLUPART_PORT, of: parts).flatMap { Int($0) } ?? 1080
    let user = Self.part(CURLUPART_USER, of: parts, isDecoded: true)
    let password = Self.part(CURLUPART_PASSWORD, of: parts, isDecoded: true)
    credentials =
      user == nil && password == nil ? nil : Secret("\(user ?? ""):\(password ?? "")")
  }

  private static func part(
    _ which: CURLUPart, of parts: OpaquePointer, isDecoded: Bool = false
  ) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    let flags = isDecoded ? UInt32(CURLU_URLDECODE) : 0
    guard curl_url_get(parts, which, &text, flags) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }

  /// Without the credentials.
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
