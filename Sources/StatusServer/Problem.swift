import HTTPTypes
import Hummingbird
import JobStore
import Logging
import Postgres

/// An error as the world sees it: an RFC 9457 problem document.
struct Problem: Error, Encodable, HTTPResponseError {
  var status: HTTPResponse.Status
  /// What kind of problem, always in the same words.
  var title: String
  /// What was wrong this time, and the way out.
  var detail: String
  var headers: HTTPFields = [:]

  init(_ status: HTTPResponse.Status, _ title: String, _ detail: String) {
    self.status = status
    self.title = title
    self.detail = detail
  }

  static func badRequest(_ detail: String) -> Problem {
    Problem(.badRequest, "the request cannot be read", detail)
  }

  static func notFound(_ detail: String) -> Problem { Problem(.notFound, "not found", detail) }

  static func conflict(_ detail: String) -> Problem {
    Problem(.conflict, "not possible as things stand", detail)
  }

  private enum Key: String, CodingKey { case title, status, detail }

  func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    try keys.encode(title, forKey: .title)
    try keys.encode(status.code, forKey: .status)
    try keys.encode(detail, forKey: .detail)
  }

  func response(from _: Request, context _: some RequestContext) throws -> Response {
    var response = try Response.json(self, status: status)
    response.headers[.contentType] = "application/problem+json"
    for field in headers { response.headers.append(field) }
    return response
  }

  /// What an error means to whoever asked. A reason inside the database's answer is for the log
  /// alone.
  init(_ error: any Error, request: Request) {
    switch error {
    case let problem as Problem: self = problem
    case let error as NoSuchJob: self = .notFound("\(error)")
    case let error as OperatorRefusal: self = .conflict("\(error)")
    case let error as SlotHasRun: self = .conflict("\(error)")
    case let error as PostgresError where error.isTransient:
      self.init(.serviceUnavailable, "the database cannot be reached", "\(error)")
      headers[.retryAfter] = "2"
    case let error as HTTPError where error.status == .notFound:
      self = .notFound("no route for \(request.method) \(request.uri.path); see /openapi.yaml")
    case let error as any HTTPResponseError:
      let words = (error as? HTTPError)?.body ?? error.status.reasonPhrase
      self.init(error.status, error.status.reasonPhrase.lowercased(), words)
    case let error as DecodingError: self = .badRequest(error.words)
    default:
      self.init(
        .internalServerError, "this is a fault of the server",
        "the log of the server says more; nothing can be done from here")
    }
  }
}

/// Turns every error into a problem document, so that no answer is ever empty or of another shape.
struct ProblemMiddleware: RouterMiddleware {
  func handle(
    _ request: Request, context: StatusContext,
    next: (Request, StatusContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      let problem = Problem(error, request: request)
      if problem.status == .internalServerError {
        context.logger.error(
          "a request failed",
          metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
      }
      return try problem.response(from: request, context: context)
    }
  }
}

extension DecodingError {
  /// Where in the document, and what was expected there.
  var words: String {
    switch self {
    case .keyNotFound(let key, let context): "'\(path(context) + [key.stringValue])' is missing"
    case .valueNotFound(_, let context): "'\(path(context))' is null"
    case .typeMismatch(let type, let context):
      "'\(path(context))' is not of kind \(type)"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "the body is not JSON" : "'\(path(context))': \(context.debugDescription)"
    @unknown default: "the body does not fit"
    }
  }

  private func path(_ context: Context) -> Path {
    Path(keys: context.codingPath.map(\.stringValue))
  }

  private struct Path: CustomStringConvertible {
    var keys: [String]
    var description: String { keys.joined(separator: ".") }
    static func + (path: Path, more: [String]) -> Path { Path(keys: path.keys + more) }
  }
}
