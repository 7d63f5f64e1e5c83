import Glibc

/// A certificate for 127.0.0.1 that nobody else has signed, in files of its own.
final class SelfSignedCertificate: Sendable {
  static let isPossible = access("/usr/bin/openssl", X_OK) == 0

  let directory: String
  var key: String { "\(directory)/key.pem" }
  var certificate: String { "\(directory)/certificate.pem" }

  init() throws {
    var template = Array("/tmp/http-client-test.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw NoCertificate() }
    directory = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let maker = try openssl(
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", key, "-out", certificate, "-subj", "/CN=desk", "-days", "2",
        "-addext", "subjectAltName=IP:127.0.0.1",
      ], output: nil)
    var status: Int32 = 0
    guard waitpid(maker, &status, 0) == maker, status == 0 else { throw NoCertificate() }
  }

  deinit {
    for file in [key, certificate] { unlink(file) }
    rmdir(directory)
  }
}

struct NoCertificate: Error {}

func openssl(_ arguments: [String], output: Int32?) throws -> pid_t {
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
    throw NoCertificate()
  }
  return process
}
