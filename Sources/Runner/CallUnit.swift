package import HTTPClient
package import JobStore
package import Jobs

/// `http: { method, url }`: one request that must answer 2xx.
///
/// A request that changes something and whose answer is unclear ends `unknown`, unless the job is
/// idempotent: the other side may have done it. Every run carries an idempotency key that is the same for
/// all its attempts, for services that know what to do with it.
package struct CallUnit: WorkUnit {
  let client: WebClient

  package init(client: WebClient? = nil) {
    self.client = client ?? sharedClient
  }

  package func run(_ attempt: Attempt) async throws -> RunResult {
    guard case .http(let call) = attempt.job.work else {
      throw UnitFailure("job \(attempt.job.name) names no call")
    }
    let request = CallRequest.request(for: call, of: attempt)
    let isRead = ["GET", "HEAD"].contains(request.method)
    guard isRead || !attempt.isDryRun else {
      attempt.say("dry run: \(request) was not sent")
      return RunResult(kind: kind(of: attempt), figures: ["sent": false])
    }
    let judge = CallJudgement(
      request: request, isRead: isRead, mayRepeat: isRead || attempt.job.idempotent)
    let answer: WebResponse
    do {
      answer = try await client.request(request)
    } catch let error as WebError {
      throw judge.failure(of: error)
    }
    attempt.say("\(request) answered \(answer.status), \(answer.body.count) bytes")
    if let failure = judge.failure(of: answer) {
      attempt.say(CallRequest.withoutSecrets(answer, of: request))
      throw failure
    }
    return try CallJudgement.result(of: answer, kind: kind(of: attempt), from: request)
  }

  private func kind(of attempt: Attempt) -> String { attempt.job.result ?? "call" }
}

/// One thread and one set of connections for all calls of this process.
private let sharedClient = WebClient()
