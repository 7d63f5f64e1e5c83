import Testing
import Threads

@testable import HTTPClient

@Suite(.timeLimit(.minutes(10)))
struct `A request` {
  let client = WebClient()

  @Test func `arrives as it was meant and brings back status, headers and body`() async throws {
    let seen = Locked<[Received]>([])
    let server = try LoopbackServer { wire in
      guard let request = wire.request() else { return }
      seen.withLock { $0.append(request) }
      wire.send(
        """
        HTTP/1.1 201 Created\r\nDate: Thu, 09 Jul 2026 10:50:00 GMT\r\nX-Twice: one\r\n\
        x-twice:   two  \r\nContent-Length: 5\r\n\r\nhello
        """)
    }
    let response = try await client.request(
      WebRequest(
        method: "POST", url: "\(server.url)/path?q=1",
        headers: [("api-key", "k"), ("X-Empty", "")], body: Array("{\"a\":1}".utf8)))
    #expect(response.status == 201)
    #expect(String(decoding: response.body, as: UTF8.self) == "hello")
    #expect(response.headers.all("X-TWICE") == ["one", "two"])
    #expect(response.headers["missing"] == nil)
    #expect(response.dateSecondsSinceEpoch == 1_783_594_200)
    let request = try #require(seen.withLock { $0.first })
    #expect(
      request.head == [
        "POST /path?q=1 HTTP/1.1", "Host: \(server.host)", "User-Agent: muhurat", "Accept: */*",
        "api-key: k", "X-Empty:", "Content-Length: 7",
      ])
    #expect(request.body == Array("{\"a\":1}".utf8))
  }

  @Test(arguments: ["GET", "HEAD", "DELETE", "POST", "PUT", "PATCH"])
  func `without a body is framed for its method`(_ method: String) async throws {
    let seen = Locked<[Received]>([])
    let server = try LoopbackServer { wire in
      guard let request = wire.request() else { return }
      seen.withLock { $0.append(request) }
      wire.send("HTTP/1.1 204 No Content\r\n\r\n")
    }
    let response = try await client.request(WebRequest(method: method, url: "\(server.url)/x"))
    #expect(response.status == 204)
    #expect(response.body == [])
    let head = try #require(seen.withLock { $0.first }).head
    #expect(head.first == "\(method) /x HTTP/1.1")
    #expect(head.contains("Content-Length: 0") == ["POST", "PUT", "PATCH"].contains(method))
  }

  @Test func `takes the headers of the final answer, not of an interim one`() async throws {
    let server = try LoopbackServer { wire in
      _ = wire.request()
      wire.send("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n")
      wire.send("HTTP/1.1 200 OK\r\nX-Last: b\r\nContent-Length: 0\r\n\r\n")
    }
    let response = try await client.request(WebRequest(url: server.url))
    #expect(response.headers.fields.map(\.name) == ["X-Last", "Content-Length"])
  }

  @Test func `does not follow a redirect`() async throws {
    let server = try LoopbackServer { wire in
      _ = wire.request()
      wire.send(
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/?t=s\r\nContent-Length: 0\r\n\r\n")
    }
    let response = try await client.request(WebRequest(url: server.url))
    #expect(response.status == 302)
    #expect(response.headers["location"] == "http://127.0.0.1:1/?t=s")
  }

  @Test func `brings a body of several megabytes whole, in chunks too`() async throws {
    let body = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let server = try LoopbackServer { wire in
      _ = wire.request()
      wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      for start in stride(from: 0, to: body.count, by: 100_000) {
        wire.send("186a0\r\n")
        wire.send(Array(body[start..<start + 100_000]))
        wire.send("\r\n")
      }
      wire.send("0\r\n\r\n")
    }
    let response = try await client.request(WebRequest(url: server.url))
    #expect(response.body == body)
  }

  @Test func `goes through the configured proxy and through no other`() async throws {
    let seen = Locked<[String]>([])
    let proxy = try LoopbackServer { wire in
      guard let request = wire.request() else { return }
      seen.withLock { $0.append(request.head[0]) }
      wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    }
    let behind = WebClient(WebSettings(proxy: proxy.url))
    _ = try await behind.request(WebRequest(url: "http://broker.invalid/x"))
    #expect(seen.withLock { $0 } == ["GET http://broker.invalid/x HTTP/1.1"])
  }

  @Test func `goes through its proxy to every host, whatever the environment exempts`() throws {
    let settings = WebSettings(proxy: "http://127.0.0.1:9")
    let (errand, _) = try WebRequest(url: "https://broker.invalid/x").errand(settings)
    let empty = errand.settings.count { setting in
      if case .text(_, "") = setting { true } else { false }
    }
    #expect(empty == 1, "the list of exempted hosts is not set, so libcurl reads NO_PROXY")
  }

  @Test func `shows neither its query nor its headers nor its body`() {
    let request = WebRequest(
      method: "POST", url: "https://api.example:8443/x?token=s3cret",
      headers: [("access-token", "s3cret")], body: Array("s3cret".utf8))
    #expect("\(request)" == "POST api.example:8443")
    var shown = ""
    dump(request, to: &shown)
    #expect(!shown.contains("s3cret"))
    #expect(!shown.contains("115, 51, 99"))
    #expect(!String(reflecting: request).contains("s3cret"))
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Connections` {
  let client = WebClient()

  /// Answers every request of a connection with the connection's own number.
  private func numberingServer() throws -> LoopbackServer {
    let numbers = Locked(0)
    return try LoopbackServer { wire in
      let number = numbers.withLock { number in
        number += 1
        return number
      }
      while wire.request() != nil {
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
      }
    }
  }

  @Test func `are kept between reads`() async throws {
    let server = try numberingServer()
    let first = try await client.request(WebRequest(url: server.url))
    let second = try await client.request(WebRequest(url: server.url))
    #expect([first.timings.openedConnection, second.timings.openedConnection] == [true, false])
    #expect(server.connections == 1)
  }

  @Test func `are opened afresh for what must not be sent twice`() async throws {
    let server = try numberingServer()
    _ = try await client.request(WebRequest(url: server.url))
    let sent = try await client.request(
      WebRequest(method: "POST", url: server.url, body: [1]))
    #expect(sent.timings.openedConnection)
    #expect(sent.body == Array("2".utf8))
  }

  /// The next request comes just as the engine's thread, done with the last one, goes to sleep.
  @Test func `never leave a request lying that comes while the last one ends`() async throws {
    let server = try LoopbackServer { wire in
      while wire.request() != nil { wire.send("HTTP/1.1 204 No Content\r\n\r\n") }
    }
    let client = client
    let url = server.url
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask {
          for _ in 0..<1_000 {
            let answer = try await client.request(WebRequest(url: url, timeLimit: .seconds(60)))
            #expect(answer.status == 204)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// A request that waits for a connection is one whose time limits libcurl does not look at.
  @Test func `are never waited for, whatever else hangs`() async throws {
    let hanging = Signal()
    let server = try LoopbackServer { wire in
      guard let request = wire.request() else { return }
      if request.head[0].hasPrefix("GET /hang") {
        hanging.raise()
        wire.untilTheyHangUp()
      } else {
        wire.send("HTTP/1.1 204 No Content\r\n\r\n")
      }
    }
    let client = client
    let url = server.url
    let hung = (0..<40).map { _ in
      Task {
        try await client.request(
          WebRequest(
            url: url + "/hang", timeLimit: .seconds(300), connectTimeLimit: .seconds(60)))
      }
    }
    await hanging.wait(times: hung.count)
    let answer = try await client.request(WebRequest(url: url, timeLimit: .seconds(60)))
    #expect(answer.status == 204)
    for task in hung { task.cancel() }
  }

  @Test func `carry a hundred requests at once`() async throws {
    let server = try LoopbackServer { wire in
      while let request = wire.request() {
        let path = request.head[0].split(separator: " ")[1]
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)")
      }
    }
    let client = client
    let url = server.url
    let answers = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<100 {
        group.addTask {
          let answer = try await client.request(
            WebRequest(
              url: "\(url)/\(number)", timeLimit: .seconds(60), connectTimeLimit: .seconds(60)))
          return String(decoding: answer.body, as: UTF8.self)
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(answers == Set((0..<100).map { "/\($0)" }))
  }
}
