import HTTPClient
import JobStore
import Jobs
import TradingTime

/// The request a job's call becomes, with the run's facts as headers.
enum CallRequest {
  /// The limit is a little less than the attempt's rest, so that a slow answer is judged here, where
  /// it is known what it means, and not by the attempt's deadline.
  static func request(for call: Work.Call, of attempt: Attempt) -> WebRequest {
    let rest = attempt.remaining
    return WebRequest(
      method: call.method.uppercased(), url: call.url, headers: headers(for: call, of: attempt),
      body: call.body.map { Array($0.utf8) }, timeLimit: rest - min(.milliseconds(500), rest / 10),
      connectTimeLimit: min(.seconds(10), rest))
  }

  /// The job's own headers win: a service may want an idempotency key of another form.
  private static func headers(
    for call: Work.Call, of attempt: Attempt
  ) -> [(name: String, value: String)] {
    let own = call.headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    let names = Set(own.map { $0.name.lowercased() })
    return own + facts(of: attempt.claim).filter { !names.contains($0.name.lowercased()) }
  }

  private static func facts(of claim: Claim) -> [(name: String, value: String)] {
    var facts = [
      (name: "Muhurat-Run", value: "\(claim.run)"), (name: "Muhurat-Job", value: claim.job),
      (name: "Muhurat-Business-Date", value: claim.businessDate.description),
      (name: "Idempotency-Key", value: key(of: claim)),
    ]
    if let dueAt = claim.dueAt { facts.append((name: "Muhurat-Due-At", value: dueAt.description)) }
    if let item = claim.item { facts.append((name: "Muhurat-Item", value: item)) }
    return facts
  }

  /// One key for each piece of work: the slot's, or the run's if it has no slot, and the item's.
  private static func key(of claim: Claim) -> String {
    let work = claim.dueAt?.description ?? "\(claim.run)"
    return ([claim.job, work] + (claim.item.map { [$0] } ?? [])).joined(separator: "/")
  }

  /// The answer for `muhurat logs`. A service may quote what it was sent, so the values of the job's
  /// headers and of the query are cut out.
  static func withoutSecrets(_ answer: WebResponse, of request: WebRequest) -> String {
    var text = String(decoding: answer.body.prefix(16_384), as: UTF8.self)
    let query = request.url.split(separator: "?", maxSplits: 1).dropFirst().first.map {
      [String($0)]
    }
    let values = (query ?? []).flatMap { query in
      [query]
        + query.split(separator: "&").compactMap { $0.split(separator: "=").last.map(String.init) }
    }
    let headers = request.headers.filter { !$0.name.hasPrefix("Muhurat-") }.map(\.value)
    for secret in values + headers where secret.count >= 4 {
      text = text.replacing(secret, with: "…")
    }
    return FailureWords.withoutSecrets(text)
  }
}
