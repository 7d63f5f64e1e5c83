import Glibc
import HTTPClient
import Testing

/// openssl's own web server with such a certificate.
private final class SelfSignedServer: Sendable {
  let files: SelfSignedCertificate
  let url: String
  private let process: pid_t

  init() throws {
    files = try SelfSignedCertificate()
    var pipes: [Int32] = [0, 0]
    guard pipe(&pipes) == 0 else { throw NoCertificate() }
    process = try openssl(
      [
        "s_server", "-accept", "127.0.0.1:0", "-www", "-key", files.key, "-cert",
        files.certificate,
      ], output: pipes[1])
    close(pipes[1])
    defer { close(pipes[0]) }
    url = "https://127.0.0.1:\(try port(announcedOn: pipes[0]))/"
  }

  deinit {
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
  }
}

/// `ACCEPT 127.0.0.1:43210`
private func port(announcedOn descriptor: Int32) throws -> Int {
  var said: [UInt8] = []
  var byte: UInt8 = 0
  while read(descriptor, &byte, 1) == 1 {
    if byte != 0x0A {
      said.append(byte)
      continue
    }
    let line = String(decoding: said, as: UTF8.self)
    said = []
    if line.hasPrefix("ACCEPT "), let port = line.split(separator: ":").last.flatMap({ Int($0) }) {
      return port
    }
  }
  throw NoCertificate()
}

@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: SelfSignedCertificate.isPossible, "there is no openssl to serve a certificate"))
struct `A certificate` {
  @Test func `that nobody we trust has signed ends the request before a byte is sent`() async throws
  {
    let server = try SelfSignedServer()
    defer { withExtendedLifetime(server) {} }
    let request = WebRequest(
      url: server.url, headers: [("token", "s3cret")], timeLimit: .seconds(60),
      connectTimeLimit: .seconds(60))
    do {
      _ = try await WebClient().request(request)
      Issue.record("the certificate was taken")
    } catch let error as WebError {
      #expect(
        error.description
          == "TLS with \(error.host) failed: SSL peer certificate or SSH remote key was not OK")
      #expect(!error.mayHaveArrived)
    }
    let trusting = WebClient(WebSettings(certificateFile: server.files.certificate))
    #expect(try await trusting.request(request).status == 200)
  }
}
