import Glibc
import HTTPClient
import Testing
import Threads

@Suite(.timeLimit(.minutes(10)))
struct `A failed request says host and reason` {
  let client = WebClient()

  private func failure(of request: WebRequest) async -> WebError? {
    do {
      let response = try await client.request(request)
      Issue.record("answered with \(response.status)")
      return nil
    } catch {
      return error as? WebError
    }
  }

  @Test func `when nobody listens`() async throws {
    let (socket, port) = try listenOnLoopback(backlog: nil)
    defer { close(socket) }
    let error = await failure(of: WebRequest(url: "http://127.0.0.1:\(port)/?token=s3cret"))
    #expect(
      error
        == WebError(host: "127.0.0.1:\(port)", cause: .refused, mayHaveArrived: false))
    #expect(
      error?.description
        == "127.0.0.1:\(port) refused the connection; is it running, and is the port right?")
  }

  @Test func `when no answer comes in time`() async throws {
    let server = try LoopbackServer { $0.untilTheyHangUp() }
    let error = await failure(of: WebRequest(url: server.url, timeLimit: .milliseconds(250)))
    #expect(error?.cause == .timedOut(.milliseconds(250)))
    #expect(error?.description == "\(server.host) timed out after 250ms")
  }

  @Test func `when the answer comes too slowly, whatever arrives meanwhile`() async throws {
    let server = try LoopbackServer { wire in
      _ = wire.request()
      wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nthe beginning")
      wire.untilTheyHangUp()
    }
    let error = await failure(of: WebRequest(url: server.url, timeLimit: .seconds(1)))
    #expect(error?.description == "\(server.host) timed out after 1s")
  }

  @Test func `when no connection comes about in time`() async throws {
    // With its queue full, Linux drops further connection attempts instead of refusing them.
    let (listener, port) = try listenOnLoopback(backlog: 0)
    let fillers = (0..<8).map { _ in connectWithoutWaiting(port) }
    defer { for socket in fillers + [listener] { close(socket) } }
    let error = await failure(
      of: WebRequest(
        url: "http://127.0.0.1:\(port)", timeLimit: .seconds(60),
        connectTimeLimit: .milliseconds(300)))
    #expect(
      error
        == WebError(
          host: "127.0.0.1:\(port)", cause: .connectTimedOut(.milliseconds(300)),
          mayHaveArrived: false))
    #expect(error?.description == "no connection to 127.0.0.1:\(port) within 300ms")
  }

  @Test func `when it is too late to begin, on a new connection and on a kept one`() async throws {
    let asked = Locked(0)
    let server = try LoopbackServer { wire in
      while wire.request() != nil {
        asked.withLock { $0 += 1 }
        wire.send("HTTP/1.1 204 No Content\r\n\r\n")
      }
    }
    let late = WebRequest(url: server.url, startsBefore: .after(.zero))
    let expected = WebError(host: server.host, cause: .tooLate, mayHaveArrived: false)
    #expect(await failure(of: late) == expected)
    _ = try await client.request(WebRequest(url: server.url, startsBefore: .after(.seconds(60))))
    #expect(await failure(of: late) == expected)
    #expect(asked.withLock { $0 } == 1)
  }

  @Test func `when the proxy lets nothing through, of which the host has seen nothing`()
    async throws
  {
    let proxy = try LoopbackServer { wire in
      _ = wire.request()
      wire.send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
    }
    let client = WebClient(WebSettings(proxy: proxy.url))
    let error = await #expect(throws: WebError.self) {
      try await client.request(
        WebRequest(method: "POST", url: "https://broker.invalid/", body: [1]))
    }
    #expect(error?.mayHaveArrived == false)
    #expect(
      error?.description == "broker.invalid could not be reached: the proxy answered 503")
  }

  @Test func `when the body is longer than allowed`() async throws {
    let server = try LoopbackServer { wire in
      _ = wire.request()
      wire.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
      while wire.send([UInt8](repeating: 120, count: 10_000)) {}
    }
    let error = await failure(of: WebRequest(url: server.url, bodyLimit: 100_000))
    #expect(error?.description == "the answer of \(server.host) is longer than 100000 bytes")
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"])
  func `when the connection ends before the answer does`(_ sent: String) async throws {
    let server = try LoopbackServer { wire in
      _ = wire.request()
      wire.send(sent)
    }
    let error = await failure(of: WebRequest(method: "POST", url: server.url, body: [1]))
    #expect(
      error == WebError(host: server.host, cause: .cutShort, mayHaveArrived: true))
    #expect(
      error?.description
        == "\(server.host) closed the connection before its answer was complete")
  }

  @Test func `when the other side does not speak TLS`() async throws {
    let server = try LoopbackServer { wire in
      _ = wire.bytes(5)
      wire.send("HTTP/1.1 400 Bad Request\r\n\r\n")
    }
    let error = await failure(of: WebRequest(url: "https://\(server.host)/"))
    #expect(error?.mayHaveArrived == false)
    #expect(error?.description == "TLS with \(server.host) failed: SSL connect error")
  }

  @Test func `when the name is unknown`() async {
    let error = await failure(
      of: WebRequest(url: "http://broker.invalid/", timeLimit: .seconds(60)))
    guard case .unknownHost? = error?.cause else {
      // A resolver that is cut off may also hang.
      #expect(error?.cause == .connectTimedOut(.seconds(5)))
      return
    }
    #expect(
      error?.description
        == "no address is known for broker.invalid; check the name and the resolver")
  }

  @Test(arguments: [
    ("ftp://h/x", "GET", "", "", "request to h not sent: only http and https are allowed, not ftp"),
    ("file:///etc/passwd", "GET", "", "", "request to (no address) not sent: the URL is malformed"),
    (
      "http://u:s3cret@h/", "GET", "", "",
      "request to h not sent: the URL carries a user name; use a header"
    ),
    (
      "http://h/\r\nX: s3cret", "GET", "", "",
      "request to (no address) not sent: the URL is malformed"
    ),
    (
      "http://h/", "GET /s3cret HTTP/1.1\r\n", "", "",
      "request to h not sent: the method is malformed"
    ),
    ("http://h/", "GET", "a b", "", "request to h not sent: the name of header 1 is malformed"),
    (
      "http://h/", "GET", "token", "s3cret\r\nX: y",
      "request to h not sent: the value of header token holds a control character"
    ),
    (
      "http://h/", "GET", "Content-Length", "0",
      "request to h not sent: header Content-Length is written by the client itself"
    ),
  ])
  func `when it must not be sent at all`(
    _ url: String, _ method: String, _ name: String, _ value: String, _ text: String
  ) async {
    let headers = name.isEmpty ? [] : [(name: name, value: value)]
    let error = await failure(of: WebRequest(method: method, url: url, headers: headers))
    #expect(error?.description == text)
    #expect(error?.mayHaveArrived == false)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `A cancelled request` {
  @Test func `takes its transfer down before its caller goes on`() async throws {
    let asked = Signal()
    let hungUp = Signal()
    let server = try LoopbackServer { wire in
      _ = wire.request()
      asked.raise()
      wire.untilTheyHangUp()
      hungUp.raise()
    }
    let client = WebClient()
    let url = server.url
    let request = Task {
      try await client.request(WebRequest(url: url, timeLimit: .seconds(600)))
    }
    await asked.wait()
    request.cancel()
    await #expect(throws: CancellationError.self) { try await request.value }
    await hungUp.wait()
  }

  @Test func `that never began opens no connection`() async throws {
    let server = try LoopbackServer { $0.untilTheyHangUp() }
    let client = WebClient()
    let url = server.url
    let request = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await client.request(WebRequest(url: url, timeLimit: .seconds(600)))
    }
    await #expect(throws: CancellationError.self) { try await request.value }
    #expect(server.connections == 0)
  }

  @Test func `leaves the others alone`() async throws {
    let asked = Signal()
    let kept = Locked<Wire?>(nil)
    let server = try LoopbackServer { wire in
      guard let request = wire.request() else { return }
      let isKept = request.head[0].contains("/kept")
      if isKept { kept.withLock { $0 = wire } }
      asked.raise()
      wire.untilTheyHangUp()
      if !isKept {
        kept.withLock { $0 }?.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nstill here")
        kept.withLock { $0 }?.sayNoMore()
      }
    }
    let client = WebClient()
    let url = server.url
    let answer = Task {
      try await client.request(WebRequest(url: "\(url)/kept", timeLimit: .seconds(60)))
    }
    let dropped = Task {
      try await client.request(WebRequest(url: "\(url)/dropped", timeLimit: .seconds(600)))
    }
    await asked.wait(times: 2)
    dropped.cancel()
    await #expect(throws: CancellationError.self) { try await dropped.value }
    #expect(try await String(decoding: answer.value.body, as: UTF8.self) == "still here")
  }
}

private func connectWithoutWaiting(_ port: UInt16) -> Int32 {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  _ = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  return descriptor
}
