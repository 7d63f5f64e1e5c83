import HTTPTypes
import Hummingbird
import JobStore
import Jobs
import TradingTime

/// `/api/jobs`: reading.
struct JobRoutes {
  let store: JobStore
  let workshop: Workshop
  let almanac: @Sendable () -> Almanac

  func list(_: Request, _: StatusContext) async throws -> Response {
    try .json(try await store.overview(almanac: almanac()).jobs)
  }

  struct JobAnswer: Encodable {
    var overview: JobOverview
    var definition: Job

    private enum Key: String, CodingKey { case definition }

    func encode(to encoder: any Encoder) throws {
      try overview.encode(to: encoder)
      var keys = encoder.container(keyedBy: Key.self)
      try keys.encode(definition, forKey: .definition)
    }
  }

  func show(_: Request, _ context: StatusContext) async throws -> Response {
    let name = try context.parameters.require("job")
    guard let (_, job) = try await store.overview(ofJob: name, almanac: almanac()),
      let definition = try await store.definition(of: name)
    else { throw try await noSuchJob(name) }
    return try .json(JobAnswer(overview: job, definition: definition.job))
  }

  func slots(_ request: Request, _ context: StatusContext) async throws -> Response {
    let definition = try await known(context)
    return try .json(
      try await store.slots(
        of: definition.job.name,
        from: request.query("from", "an RFC 3339 time", Instant.init(rfc3339:)),
        before: request.query("before", "an RFC 3339 time", Instant.init(rfc3339:)),
        decision: request.query(
          "decision", "a decision: \(Self.words(Decision.allCases))", Decision.init(rawValue:)),
        limit: request.limit()))
  }

  func why(_ request: Request, _ context: StatusContext) async throws -> Response {
    let at = try request.query("at", "an RFC 3339 time", Instant.init(rfc3339:))
    return try .json(
      try await store.why(
        job: try context.parameters.require("job"), at: at, almanac: almanac()))
  }

  func known(_ context: StatusContext) async throws -> JobStore.Definition {
    let name = try context.parameters.require("job")
    guard let definition = try await store.definition(of: name) else {
      throw try await noSuchJob(name)
    }
    return definition
  }

  private func noSuchJob(_ name: String) async throws -> NoSuchJob {
    NoSuchJob(name: name, known: try await store.definitions().map(\.job.name))
  }

  static func words<Word: RawRepresentable>(_ words: [Word]) -> String
  where Word.RawValue == String {
    words.map(\.rawValue).joined(separator: ", ")
  }
}
