import Testing

@Suite(.timeLimit(.minutes(10)))
struct `A job that calls` {
  @Test(arguments: Self.cases)
  func `is refused unless the call is safe on record`(_ wrong: Case) throws {
    try wrong.expectRefusal()
  }

  private static let cases: [Case] = [
    .work("a call without url", "http: 1️⃣{ method: POST }", "1️⃣ missing key 'url' in 'http'"),
    .work(
      "a call as text",
      "http: 1️⃣https://example.com/",
      "1️⃣ expected a mapping for 'http', got 'https://example.com/'"),
    .work("a call without value", "http:1️⃣", "1️⃣ expected a mapping for 'http', got nothing"),
    .work("an empty call", "http: 1️⃣{}", "1️⃣ missing key 'url' in 'http'"),
    .work(
      "another method",
      #"http: { url: "https://example.com/", method: 1️⃣FETCH }"#,
      "1️⃣ expected GET, HEAD, POST, PUT, PATCH or DELETE for 'http.method', got 'FETCH'"),
    .work(
      "a method in lower case",
      #"http: { url: "https://example.com/", method: 1️⃣post }"#,
      "1️⃣ expected GET, HEAD, POST, PUT, PATCH or DELETE for 'http.method', got "
        + "'post'; did you mean 'POST'?"),
    .work(
      "a url without scheme",
      "http: { url: 1️⃣example.com/path }",
      "1️⃣ 'example.com/path' does not begin with https:// or http://"),
    .work(
      "another scheme",
      #"http: { url: 1️⃣"ftp://example.com/" }"#,
      "1️⃣ 'ftp://example.com/' does not begin with https:// or http://"),
    .work(
      "a file",
      #"http: { url: 1️⃣"file:///etc/passwd" }"#,
      "1️⃣ 'file:///etc/passwd' does not begin with https:// or http://"),
    .work(
      "a scheme in capitals",
      #"http: { url: 1️⃣"HTTPS://example.com/" }"#,
      "1️⃣ 'HTTPS://example.com/' does not begin with https:// or http://"),
    .work(
      "a url with a user",
      #"http: { url: 1️⃣"https://desk@example.com/" }"#,
      "1️⃣ a URL with credentials would stand in the database; let a 'command' call "
        + "that reads its environment"),
    .work(
      "a url with a password",
      #"http: { url: 1️⃣"https://desk:hunter2@example.com/path" }"#,
      "1️⃣ a URL with credentials would stand in the database; let a 'command' call "
        + "that reads its environment"),
    .work(
      "a url with a password and a port",
      #"http: { url: 1️⃣"https://desk:hunter2@example.com:8443?a=b" }"#,
      "1️⃣ a URL with credentials would stand in the database; let a 'command' call "
        + "that reads its environment"),
    .work(
      "a url without host",
      #"http: { url: 1️⃣"https://" }"#,
      "1️⃣ 'https://' is no address such as https://host/path"),
    .work(
      "a url with a path only",
      #"http: { url: 1️⃣"https:///path" }"#,
      "1️⃣ 'https:///path' is no address such as https://host/path"),
    .work(
      "a url with a space",
      #"http: { url: 1️⃣"https://example.com/a b" }"#,
      "1️⃣ 'https://example.com/a b' is no address such as https://host/path"),
    .work(
      "a url with a line's end",
      #"http: { url: 1️⃣"https://example.com/\r\nHost: x" }"#,
      #"1️⃣ 'https://example.com/\nHost: x' is no address such as https://host/path"#),
    .work(
      "a url with an umlaut",
      #"http: { url: 1️⃣"https://exämple.com/" }"#,
      "1️⃣ 'https://exämple.com/' is no address such as https://host/path"),
    .work(
      "a url as a list",
      #"http: { url: 1️⃣["https://example.com/"] }"#,
      "1️⃣ expected an address such as https://host/path for 'http.url', got a list"),
    .work(
      "a url without value",
      "http: { url: 1️⃣}",
      "1️⃣ expected an address such as https://host/path for 'http.url', got nothing"),
    .work(
      "headers as a list",
      #"http: { url: "https://example.com/", headers: 1️⃣[a] }"#,
      "1️⃣ expected a mapping for 'http.headers', got a list"),
    .work(
      "a header with a list",
      #"http: { url: "https://example.com/", headers: { Accept: 1️⃣[a, b] } }"#,
      "1️⃣ expected text for 'http.headers.Accept', got a list"),
    .work(
      "a header of two lines",
      #"http: { url: "https://example.com/", headers: { Accept: 1️⃣"a\r\nb: c" } }"#,
      "1️⃣ a header's value is one line"),
    .work(
      "a header's name with a space",
      #"http: { url: "https://example.com/", headers: { "Acc ept": 1️⃣a } }"#,
      "1️⃣ 'Acc ept' is no header's name"),
    .work(
      "a header's name with a colon",
      #"http: { url: "https://example.com/", headers: { "Accept:": 1️⃣a } }"#,
      "1️⃣ 'Accept:' is no header's name"),
    .work(
      "a header that is a secret",
      #"http: { url: "https://example.com/", headers: { Authorization: 1️⃣"Bearer 123" } }"#,
      "1️⃣ 'Authorization' would stand in the database; let a 'command' call that reads"
        + " its environment"),
    .work(
      "a cookie",
      #"http: { url: "https://example.com/", headers: { cookie: 1️⃣a=b } }"#,
      "1️⃣ 'cookie' would stand in the database; let a 'command' call that reads its environment"),
    .work(
      "an API key",
      #"http: { url: "https://example.com/", headers: { X-API-Key: 1️⃣"123" } }"#,
      "1️⃣ 'X-API-Key' would stand in the database; let a 'command' call that reads its"
        + " environment"),
    .work(
      "a body without a method",
      #"http: { url: "https://example.com/", 1️⃣body: "{}" }"#,
      "1️⃣ 'body' with GET; add method: POST, or another"),
    .work(
      "a body with HEAD",
      #"http: { url: "https://example.com/", method: HEAD, 1️⃣body: x }"#,
      "1️⃣ 'body' with HEAD; add method: POST, or another"),
    .work(
      "a body that is a mapping",
      #"http: { url: "https://example.com/", method: POST, body: 1️⃣{ a: 1 } }"#,
      "1️⃣ expected text for 'http.body', got a mapping"),
  ]
}
