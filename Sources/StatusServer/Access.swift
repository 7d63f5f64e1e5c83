import FoundationEssentials
import HTTPTypes
import Hummingbird

/// Who may ask what: reading is free on the loopback and needs a token elsewhere; changing anything
/// needs an operator's token everywhere.
///
/// Browsers cannot send a bearer token by themselves, so reading also takes the token as the
/// password of basic authentication. Changing does not: a browser sends a password along with
/// whatever request a foreign page makes it send.
struct Access: RouterMiddleware {
  let configuration: StatusConfiguration

  func handle(
    _ request: Request, context: StatusContext,
    next: (Request, StatusContext) async throws -> Response
  ) async throws -> Response {
    try checkHost(request)
    var context = context
    let isReading = request.method == .get || request.method == .head
    if isReading {
      try checkReader(request)
    } else {
      context.actor = try actor(of: request)
    }
    return try await next(request, context)
  }

  /// A foreign page that makes its own name point to the loopback must not read what is free there.
  private func checkHost(_ request: Request) throws {
    guard configuration.isLoopback, let authority = request.head.authority else { return }
    let host = Self.withoutPort(authority).lowercased()
    let isOurs = ["localhost", "127.0.0.1", "[::1]", configuration.host].contains(host)
    guard isOurs || configuration.hosts.contains(host) else {
      throw Problem(
        .misdirectedRequest, "not the name of this server",
        "this server answers on the loopback, not as '\(host)'; "
          + "a proxy before it must pass its own address on as Host"
      )
    }
  }

  private static func withoutPort(_ authority: String) -> String {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      return String(authority[...end])
    }
    return authority.split(separator: ":").first.map(String.init) ?? authority
  }

  private func checkReader(_ request: Request) throws {
    guard !configuration.isLoopback else { return }
    let tokens = configuration.readTokens + configuration.operatorTokens
    guard let secret = bearer(request) ?? password(request) else {
      throw unauthorized("reading from here needs a token; send it as 'Authorization: Bearer …'")
    }
    guard tokens.holder(of: secret) != nil else { throw unauthorized("this token opens nothing") }
  }

  private func actor(of request: Request) throws -> String {
    guard let secret = bearer(request) else {
      throw unauthorized(
        "changing anything needs an operator's token; send it as 'Authorization: Bearer …'")
    }
    if let name = configuration.operatorTokens.holder(of: secret) { return "api:\(name)" }
    guard configuration.readTokens.holder(of: secret) == nil else {
      throw Problem(
        .forbidden, "not permitted", "this token only reads; changing needs an operator's token")
    }
    throw unauthorized(
      configuration.operatorTokens.isEmpty
        ? "no operator's token is configured, so nothing can be changed here; use the command line"
        : "this token opens nothing")
  }

  private func unauthorized(_ detail: String) -> Problem {
    var problem = Problem(.unauthorized, "not permitted without a token", detail)
    problem.headers[.wwwAuthenticate] = "Bearer realm=\"muhurat\""
    if !configuration.isLoopback {
      problem.headers.append(
        HTTPField(name: .wwwAuthenticate, value: "Basic realm=\"muhurat\", charset=\"UTF-8\""))
    }
    return problem
  }

  private func bearer(_ request: Request) -> String? { credentials(request, scheme: "bearer") }

  private func password(_ request: Request) -> String? {
    guard let encoded = credentials(request, scheme: "basic"),
      let data = Data(base64Encoded: encoded)
    else { return nil }
    let pair = String(decoding: data, as: UTF8.self)
    return pair.firstIndex(of: ":").map { String(pair[pair.index(after: $0)...]) }
  }

  private func credentials(_ request: Request, scheme: String) -> String? {
    guard let header = request.headers[.authorization],
      let space = header.firstIndex(of: " "),
      header[..<space].lowercased() == scheme
    else { return nil }
    return String(header[header.index(after: space)...])
  }
}
