import HTTPClient
import JobStore
import Jobs

/// What an answer, or none, means for the run. No text names more of the request than its method and
/// host.
struct CallJudgement {
  let request: WebRequest
  let isRead: Bool
  /// A read, or a job that says that repeating it is harmless.
  let mayRepeat: Bool

  func failure(of error: WebError) -> UnitFailure {
    if error.mayHaveArrived, !mayRepeat {
      return unknown("\(error)")
    }
    return UnitFailure("\(request): \(error)", isTransient: error.cause.isTransient)
  }

  /// Nil for 2xx.
  func failure(of answer: WebResponse) -> UnitFailure? {
    let status = answer.status
    switch status {
    case 200..<300: return nil
    case 300..<400:
      return UnitFailure(
        "\(request) answered \(status); redirects are not followed, write the new address")
    case 408, 429:
      return UnitFailure("\(request) answered \(status), try again later", isTransient: isRead)
    case 500...:
      return mayRepeat
        ? UnitFailure("\(request) answered \(status)", isTransient: true)
        : unknown("it answered \(status)")
    default: return UnitFailure("\(request) answered \(status), it refused the request")
    }
  }

  private func unknown(_ reason: String) -> UnitFailure {
    UnitFailure(
      "\(request) may have been carried out: \(reason); look there before it is sent again",
      outcome: .unknown)
  }

  /// An answer that speaks of a verdict is a result and must be a whole one; any other is only a
  /// success.
  static func result(
    of answer: WebResponse, kind: String, from request: WebRequest
  ) throws -> RunResult {
    let plain = RunResult(kind: kind, figures: ["status": .integer(Int64(answer.status))])
    guard isJSON(answer), answer.body.count <= ReportedResult.limit,
      let document = try? JSONDocument.read(answer.body), document["verdict"] != nil
    else { return plain }
    do {
      return try ReportedResult.read(answer.body, kind: kind)
    } catch {
      throw UnitFailure("the result of \(request) cannot be used: \(error)")
    }
  }

  private static func isJSON(_ answer: WebResponse) -> Bool {
    let type = answer.headers["content-type"]?.lowercased().prefix { $0 != ";" } ?? ""
    return type.hasSuffix("/json") || type.hasSuffix("+json")
  }
}
