import Glibc
import JobStore
import Jobs
import Subprocess

/// How a program ended, read by the codes that programs and we agree on.
struct ProgramExit: Sendable {
  private let status: TerminationStatus

  init(_ status: TerminationStatus) { self.status = status }

  /// Nil if it ended well.
  func failure(of program: String, lastLine: String?) -> UnitFailure? {
    let said = lastLine.map { ": \($0)" } ?? " and said nothing"
    switch status {
    case .exited(0): return nil
    // EX_UNAVAILABLE and EX_TEMPFAIL: the program says that nothing happened.
    case .exited(let code) where code == 69 || code == 75:
      return UnitFailure("\(program) exited with \(code), try again\(said)", isTransient: true)
    case .exited(76):
      return UnitFailure(
        "\(program) exited with 76, outcome unknown, a person must look\(said)", outcome: .unknown)
    case .exited(let code): return UnitFailure("\(program) exited with \(code)\(said)")
    case .signaled(let signal):
      return UnitFailure("\(program) was ended by signal \(signal)\(Self.name(of: signal))\(said)")
    }
  }

  private static func name(of signal: Int32) -> String {
    switch signal {
    case SIGHUP: " (HUP)"
    case SIGINT: " (INT)"
    case SIGQUIT: " (QUIT)"
    case SIGILL: " (ILL)"
    case SIGABRT: " (ABRT)"
    case SIGBUS: " (BUS)"
    case SIGFPE: " (FPE)"
    case SIGKILL: " (KILL; if nobody sent it, the machine was out of memory)"
    case SIGSEGV: " (SEGV)"
    case SIGPIPE: " (PIPE)"
    case SIGALRM: " (ALRM)"
    case SIGTERM: " (TERM)"
    case SIGXCPU: " (XCPU)"
    default: ""
    }
  }
}

extension Transcript {
  /// What a program said last is most often why it ended.
  var lastLine: String? {
    guard let text else { return nil }
    let lines = text.suffix(4096).split(whereSeparator: \.isNewline)
    guard let line = lines.last(where: { !$0.allSatisfy(\.isWhitespace) }) else { return nil }
    return FailureWords.shortened(String(line), to: 300)
  }
}
