import Postgres
import Testing

/// The error that `body` is expected to end in.
nonisolated(nonsending) func refusal<Answer>(
  _ body: nonisolated(nonsending) () async throws -> Answer,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws -> PostgresError {
  do {
    _ = try await body()
  } catch let error as PostgresError {
    return error
  }
  Issue.record("nothing was refused", sourceLocation: sourceLocation)
  throw NothingRefused()
}

private struct NothingRefused: Error {}
