import HTTPClient
import JobStore
package import Jobs
import Postgres

/// What an error means for the run whose unit threw it.
///
/// A failure of class `transient` is known not to have happened, or to be safe to repeat; where that
/// cannot be said, the outcome is `unknown` and a person looks. An error nobody recognises is a failure.
package enum FailureWords {
  /// - Returns: nil if the claim is lost: then nothing may be settled, whatever the unit did.
  package static func ending(of error: any Error, isIdempotent: Bool) -> Ending? {
    switch error {
    case is ClaimLost: nil
    case let failure as UnitFailure:
      Ending(
        failure.outcome, errorClass: failure.errorClass, error: storable(failure.description))
    case is CancellationError, PostgresError.cancelled:
      Ending(.interrupted, error: "it was stopped before its work was done")
    case let error as PostgresError: ending(ofDatabase: error, isIdempotent)
    case let error as WebError:
      ending(
        text: error.description, isWorthRepeating: error.cause.isTransient,
        mayHaveHappened: error.mayHaveArrived, isIdempotent)
    case let error as MailError:
      ending(
        text: error.description, isWorthRepeating: error.isTransient,
        mayHaveHappened: error.mayHaveArrived, isIdempotent)
    default: .failed(storable(words(of: error)))
    }
  }

  /// A unit writes in its guarded transaction alone, so whatever broke before the commit was rolled
  /// back. Only a commit without an answer leaves something to ask.
  private static func ending(ofDatabase error: PostgresError, _ isIdempotent: Bool) -> Ending {
    ending(
      text: error.description, isWorthRepeating: error.isTransient,
      mayHaveHappened: error.isCommitWithoutAnswer, isIdempotent)
  }

  private static func ending(
    text: String, isWorthRepeating: Bool, mayHaveHappened: Bool, _ isIdempotent: Bool
  ) -> Ending {
    guard mayHaveHappened, !isIdempotent else {
      return .failed(storable(text), transient: isWorthRepeating)
    }
    return Ending(
      .unknown, error: storable("\(text); it may have happened, and the job is not idempotent"))
  }

  /// A foreign error's reflection may show what it holds, keys and tokens too; only words that its
  /// author chose are kept.
  private static func words(of error: any Error) -> String {
    switch error {
    case let error as any CustomStringConvertible: error.description
    default: "\(type(of: error)) (the error has no words of its own)"
    }
  }
}

extension PostgresError {
  fileprivate var isCommitWithoutAnswer: Bool {
    switch self {
    case .commitUnknown: true
    case .pipeline(_, _, let error): error.isCommitWithoutAnswer
    default: false
    }
  }
}

extension WebError.Cause {
  /// Whether the same request may fare better later. A certificate that is wrong stays wrong.
  var isTransient: Bool {
    switch self {
    case .badRequest, .tls, .bodyTooLong: false
    case .tooLate, .unknownHost, .refused, .unreachable, .connectTimedOut, .timedOut, .cutShort,
      .clientStopped, .other:
      true
    }
  }
}

extension MailError {
  /// Replies from 400 to 499 mean "not now" (RFC 5321).
  fileprivate var isTransient: Bool {
    switch cause {
    case .badMail, .encryptionRefused, .loginRefused: false
    case .rejected(let code, _): (400..<500).contains(code)
    case .transport(let cause): cause.isTransient
    }
  }
}
