import Crypto
import FoundationEssentials
import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@testable import StatusServer

@Suite(.freshDatabase(jobsTemplate), .timeLimit(.minutes(10)))
struct `The page` {
  private static let hostile =
    "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> &"

  @Test func `texts of the database cannot become markup`() async throws {
    var job = sync()
    job.description = Self.hostile
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [job])
    try await Face.serving(books.store) { face in
      try await face.untilItKnows()
      let page = try await face.get("/").body
      #expect(!page.contains("alert(1)</script>"))
      #expect(!page.contains("<img src=x"))
      #expect(page.contains("\\u003c/script\\u003e\\u003cscript\\u003ealert(1)"))
      // Two scripts and the snapshot: nothing else opens or closes one.
      #expect(page.components("<script").count == 3)
      #expect(page.components("</script").count == 3)
      let snapshot = try #require(page.between("id=\"snapshot\">", "</script>"))
      let description = try parsedJSON(snapshot)["jobs"]?["items"]?.elements.first?["description"]
      #expect(description == .string(Self.hostile))
    }
  }

  @Test func `only its own script and style may run`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    try await Face.serving(books.store) { face in
      let answer = try await face.get("/")
      let page = answer.body
      #expect(answer.header("content-type") == "text/html; charset=utf-8")
      let script = try #require(page.between("</script>\n<script>", "</script>"))
      let style = try #require(page.between("<style>", "</style>"))
      #expect(
        answer.header("content-security-policy")
          == "default-src 'none'; script-src '\(Self.hash(script))'; style-src '\(Self.hash(style))'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
      )
      #expect(!page.contains("{{"))
      #expect(!page.contains("style=\""), "the policy forbids inline styles")
      #expect(!script.contains("innerHTML"))
      for outside in ["src=\"http", "href=\"http", "url(http", "@import"] {
        #expect(!page.contains(outside), "\(outside)")
      }
    }
  }

  private static func hash(_ text: String) -> String {
    "sha256-" + Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
  }
}

extension String {
  func components(_ separator: String) -> [Substring] {
    split(separator: separator, omittingEmptySubsequences: false)
  }

  func between(_ start: String, _ end: String) -> String? {
    guard let from = firstRange(of: start)?.upperBound,
      let to = self[from...].firstRange(of: end)?.lowerBound
    else { return nil }
    return String(self[from..<to])
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `The description of the API` {
  @Test func `lists exactly the routes that are served`() async throws {
    let pool = Postgres.Pool(try ConnectionSettings(url: "postgresql:///none"), size: 1)
    let almanac = try almanac()
    let server = StatusServer(
      StatusConfiguration(), store: JobStore(pool: pool, holder: "x"),
      desk: .unopened(pool), report: { Reporter().report }, almanac: { almanac })
    #expect(server.routes == Self.described())
    #expect(server.routes.count == 30)
  }

  /// Read by its indentation, which is all that paths and methods need.
  private static func described() -> [String] {
    let text = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)
    var described: Set<String> = []
    var path = ""
    for line in text.split(separator: "\n") {
      if line.hasPrefix("  /"), line.hasSuffix(":") {
        path = String(line.dropFirst(2).dropLast())
      } else if line == "    get:" || line == "    post:" {
        described.insert("\(line.dropFirst(4).dropLast().uppercased()) \(path)")
      }
    }
    return described.sorted()
  }
}
