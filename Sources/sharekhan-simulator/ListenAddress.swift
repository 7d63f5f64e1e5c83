import ArgumentParser

/// `127.0.0.1:8500`, `[::1]:0`, `localhost:0`. Other than loopback only where that was asked for:
/// everyone who reaches the simulator can trade for anyone in it.
struct ListenAddress {
  let host: String
  let port: Int

  /// As it stands in an URL.
  var shown: String { host.contains(":") ? "[\(host)]" : host }

  init(_ text: String, allowRemote: Bool) throws {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port), colon != text.startIndex
    else { throw ValidationError("--listen must be ADDRESS:PORT, got '\(text)'") }
    let bracketed = text[..<colon]
    let isBracketed = bracketed.first == "[" && bracketed.last == "]"
    host = isBracketed ? String(bracketed.dropFirst().dropLast()) : String(bracketed)
    self.port = port
    guard allowRemote || host == "localhost" || host == "::1" || host.hasPrefix("127.") else {
      throw ValidationError(
        "--listen \(text) is not a loopback address; add --allow-remote if others may trade there")
    }
  }
}
