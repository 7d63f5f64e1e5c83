/// `127.0.0.1:8500`, `[::1]:0`, `localhost:0`. Other than loopback only where that was asked for:
/// everyone who reaches the simulator can trade for anyone in it.
package struct ListenAddress: Sendable {
  package let host: String
  package let port: Int

  /// As it stands in an URL.
  package var shown: String { host.contains(":") ? "[\(host)]" : host }

  package init(_ text: String, allowRemote: Bool) throws(SettingsError) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port), colon != text.startIndex
    else { throw SettingsError("--listen must be ADDRESS:PORT, got '\(text)'") }
    let bracketed = text[..<colon]
    let isBracketed = bracketed.first == "[" && bracketed.last == "]"
    host = isBracketed ? String(bracketed.dropFirst().dropLast()) : String(bracketed)
    self.port = port
    guard allowRemote || isLoopback else {
      throw SettingsError(
        "--listen \(text) is not a loopback address; add --allow-remote if others may trade there")
    }
  }

  /// By its spelling alone: a name such as `127.0.0.1.example.com` may lead anywhere.
  private var isLoopback: Bool {
    let isNumeric = host.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    return host == "localhost" || host == "::1" || (host.hasPrefix("127.") && isNumeric)
  }
}
