import Desk
import Glibc
import HTTPClient
import TradingTime

@testable import Sharekhan

/// A directory of its own for each test, gone afterwards.
final class ScratchDirectory: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/sharekhan-test.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw NoDirectory() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  var names: [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private struct NoDirectory: Error {}
}

let asha = Account(id: "asha", customerID: "1234567", mode: .paper)
let noon = Instant(secondsSinceEpoch: 1_783_578_600)  // 2026-07-09 12:00 in India
let evening = Instant(secondsSinceEpoch: 1_783_621_799)  // the same day, 23:59:59
let secretKey = "abcdefghijklmnopqrstuvwxyz012345"

func signedIn(_ token: String = "TESTTOKEN.abc.def", until: Instant = evening) -> AccessToken {
  AccessToken(token: Secret(token), customerID: "1234567", loginID: "LOGINID1", expiresAt: until)
}

/// A client whose clock stands at noon and that pauses hardly at all.
func client(
  _ base: String, _ directory: ScratchDirectory, readTimeLimit: Duration = .seconds(60),
  vendorKey: Secret? = nil, flow: LoginFlow = .version(1005)
) throws -> SharekhanClient {
  try SharekhanClient(
    SharekhanSettings(
      base: base, readsPerSecond: 1000, requestTimeLimit: .seconds(30),
      connectTimeLimit: .seconds(20), readTimeLimit: readTimeLimit, firstPause: .milliseconds(1)),
    web: WebClient(), store: SignInStore(directory: directory.path),
    credentials: { _ in
      Credentials(
        apiKey: Secret("TESTAPIKEY0001"), secretKey: Secret(secretKey), vendorKey: vendorKey,
        flow: flow)
    }, now: { noon })
}
