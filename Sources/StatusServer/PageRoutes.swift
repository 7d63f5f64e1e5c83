import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// `/`: one page that needs nothing from anywhere else, and `/openapi.yaml`.
///
/// The page carries the first snapshot, so that it shows something before a stream is open.
/// Everything it shows is put into it as text by its script; nothing from the database is ever
/// markup.
struct PageRoutes {
  let document: @Sendable () -> StatusDocument
  private let head: String
  private let tail: String
  private let policy: String

  init(document: @escaping @Sendable () -> StatusDocument) {
    self.document = document
    let style = Self.text(PackageResources.page_css)
    let script = Self.text(PackageResources.page_js)
    let page = Self.text(PackageResources.page_html)
      .replacing("{{style}}", with: style).replacing("{{script}}", with: script)
    let parts = page.split(separator: "{{snapshot}}", maxSplits: 1)
    head = parts.first.map(String.init) ?? page
    tail = parts.count > 1 ? String(parts[1]) : ""
    policy = """
      default-src 'none'; script-src '\(Self.hash(script))'; style-src '\(Self.hash(style))'; \
      connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
      """
  }

  func page(_: Request, _: StatusContext) throws -> Response {
    let snapshot = String(buffer: try Response.json(document()))
    var response = Response.text(
      head + Self.embeddable(snapshot) + tail, type: "text/html; charset=utf-8")
    response.headers[.contentSecurityPolicy] = policy
    response.headers[.xContentTypeOptions] = "nosniff"
    if let name = HTTPField.Name("Referrer-Policy") { response.headers[name] = "no-referrer" }
    return response
  }

  func description(_: Request, _: StatusContext) -> Response {
    .text(Self.text(PackageResources.openapi_yaml), type: "application/yaml; charset=utf-8")
  }

  /// JSON in a script element: no text in it can end the element or open a comment.
  static func embeddable(_ json: String) -> String {
    json.replacing("&", with: "\\u0026").replacing("<", with: "\\u003c")
      .replacing(">", with: "\\u003e").replacing("\u{2028}", with: "\\u2028")
      .replacing("\u{2029}", with: "\\u2029")
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func hash(_ text: String) -> String {
    "sha256-" + Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
  }
}
