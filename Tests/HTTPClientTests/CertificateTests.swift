import Glibc
import HTTPClient
import Testing

/// openssl's own web server with a certificate that nobody has signed.
private final class SelfSignedServer: Sendable {
  let directory: String
  let url: String
  private let process: pid_t

  static let isPossible = access("/usr/bin/openssl", X_OK) == 0

  init() throws {
    var template = Array("/tmp/http-client-test.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw NoServer() }
    directory = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let (key, certificate) = ("\(directory)/key.pem", "\(directory)/certificate.pem")
    let maker = try openssl(
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", key, "-out", certificate, "-subj", "/CN=desk", "-days", "2",
        "-addext", "subjectAltName=IP:127.0.0.1",
      ], output: nil)
    var status: Int32 = 0
    guard waitpid(maker, &status, 0) == maker, status == 0 else { throw NoServer() }
    var pipes: [Int32] = [0, 0]
    guard pipe(&pipes) == 0 else { throw NoServer() }
    process = try openssl(
      ["s_server", "-accept", "127.0.0.1:0", "-www", "-key", key, "-cert", certificate],
      output: pipes[1])
    close(pipes[1])
    defer { close(pipes[0]) }
    url = "https://127.0.0.1:\(try port(announcedOn: pipes[0]))/"
  }

  var certificate: String { "\(directory)/certificate.pem" }

  deinit {
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
    for name in ["key.pem", "certificate.pem"] { unlink("\(directory)/\(name)") }
    rmdir(directory)
  }
}

private struct NoServer: Error {}

private func openssl(_ arguments: [String], output: Int32?) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
  if let output {
    posix_spawn_file_actions_adddup2(&actions, output, 1)
  } else {
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
  }
  let words = (["openssl"] + arguments).map { strdup($0) }
  defer { for word in words { free(word) } }
  var process: pid_t = 0
  guard posix_spawn(&process, "/usr/bin/openssl", &actions, nil, words + [nil], environ) == 0 else {
    throw NoServer()
  }
  return process
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
  throw NoServer()
}

@Suite(
  .timeLimit(.minutes(2)),
  .enabled(if: SelfSignedServer.isPossible, "there is no openssl to serve a certificate"))
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
    let trusting = WebClient(WebSettings(certificateFile: server.certificate))
    #expect(try await trusting.request(request).status == 200)
  }
}
