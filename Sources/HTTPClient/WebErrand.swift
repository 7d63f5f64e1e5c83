import CCurl

extension WebRequest {
  /// What libcurl shall do, and the host's name for errors; or why it must not be done at all.
  func errand(_ client: WebSettings) throws -> (Errand, host: String) {
    let address = WebAddress(url)
    let host = address?.hostAndPort ?? "(no address)"
    if let problem = problem(address) {
      throw WebError(host: host, cause: .badRequest(problem), mayHaveArrived: false)
    }
    var errand = Errand(
      url: url, protocols: "http,https", timeLimit: timeLimit, connectTimeLimit: connectTimeLimit,
      answerLimit: bodyLimit)
    errand.settings += [
      .text(CURLOPT_PROXY, client.proxy ?? ""),
      // Unset, libcurl would go round the proxy to hosts that the environment names.
      .text(CURLOPT_NOPROXY, ""),
      .text(CURLOPT_USERAGENT, client.userAgent),
      .number(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
      .number(CURLOPT_FRESH_CONNECT, mayBeRepeated ? 0 : 1),
      .list(CURLOPT_HTTPHEADER, headerLines),
    ]
    if let file = client.certificateFile { errand.settings.append(.text(CURLOPT_CAINFO, file)) }
    errand.settings += methodSettings
    errand.upload = upload
    errand.startsBefore = startsBefore
    errand.isTunnelled = client.proxy != nil && address?.scheme == "https"
    return (errand, host)
  }

  private var upload: [UInt8]? {
    body ?? (["POST", "PUT", "PATCH"].contains(method) ? [] : nil)
  }

  private var methodSettings: [Errand.Setting] {
    switch method {
    case "GET" where body == nil: [.number(CURLOPT_HTTPGET, 1)]
    case "HEAD" where body == nil: [.number(CURLOPT_NOBODY, 1)]
    default: [.text(CURLOPT_CUSTOMREQUEST, method)]
    }
  }

  private var headerLines: [String] {
    // libcurl drops a header given as `Name:`, and sends an empty one for `Name;`.
    headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" } + ["Expect:"]
  }

  private func problem(_ address: WebAddress?) -> String? {
    guard let address else { return "the URL is malformed" }
    if address.scheme != "http" && address.scheme != "https" {
      return "only http and https are allowed, not \(address.scheme)"
    }
    if address.hasCredentials { return "the URL carries a user name; use a header" }
    if !isToken(method) { return "the method is malformed" }
    for (index, header) in headers.enumerated() {
      if !isToken(header.name) { return "the name of header \(index + 1) is malformed" }
      if framing.contains(header.name.lowercased()) {
        return "header \(header.name) is written by the client itself"
      }
      if header.value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) {
        return "the value of header \(header.name) holds a control character"
      }
    }
    return bodyLimit < 0 ? "the body limit is negative" : nil
  }
}

private let framing: Set<String> = ["content-length", "transfer-encoding", "expect", "connection"]

/// A `token` of RFC 9110: what a method or a header's name may be made of.
private func isToken(_ text: String) -> Bool {
  !text.isEmpty
    && text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
    }
}
