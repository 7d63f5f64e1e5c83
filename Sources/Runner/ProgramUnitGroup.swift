import Glibc
import JobStore
import Subprocess
import SystemPackage
import Threads

/// A program with all it starts, from the start until nobody of them is left.
///
/// Only one that makes a session of its own leaves the group and thereby our reach; it holds nothing up.
struct ProgramGroup: Sendable {
  let place: ProgramPlace
  let environment: [String: String]
  /// How long a cancelled group may take to end by itself.
  let grace: Duration
  private let life = Locked(Life())

  private struct Life {
    /// Also the number of the group and of the session, because it leads both; nil before the start
    /// and once nobody is left.
    var leader: pid_t?
    var graceEnds: Deadline?
    var isOutOfTime = false

    func killIfDue() {
      guard isOutOfTime, let leader else { return }
      _ = Glibc.kill(-leader, SIGKILL)
    }
  }

  init(place: ProgramPlace, environment: [String: String], grace: Duration) {
    self.place = place
    self.environment = environment
    self.grace = grace
  }

  /// Returns when the group is gone and its output read. Cancelling the task sends TERM to the group
  /// and, after the grace, KILL; how the program ended is then of no interest, so ask the task first.
  func run(into transcript: Transcript) async throws -> TerminationStatus {
    await ProgramGuardian.shared.standReady()
    let (output, theirEnd) = try ProgramOutput.open()
    async let copied: Void = output.copy(into: transcript)
    let outcome = await withTaskCancellationHandler {
      await start(writingTo: theirEnd)
    } onCancel: {
      life.withLock { $0.graceEnds = .after(grace) }
    }
    let ended = life.withLock { $0 }
    if let leader = ended.leader {
      await endOthers(of: leader, by: ended.graceEnds)
      life.withLock { $0.leader = nil }
      ProgramGuardian.shared.forget(leader)
    }
    output.finish()
    await copied
    return try outcome.get()
  }

  /// At once and without asking.
  @Sendable func kill() {
    life.withLock { life in
      life.isOutOfTime = true
      life.killIfDue()
    }
  }

  private func start(
    writingTo theirEnd: FileDescriptor
  ) async -> Result<TerminationStatus, any Error> {
    do {
      let result = try await Subprocess.run(
        configuration, input: .none,
        output: .fileDescriptor(theirEnd, closeAfterSpawningProcess: true),
        error: .combinedWithOutput
      ) { execution in
        let leader = execution.processIdentifier.value
        life.withLock { life in
          life.leader = leader
          life.killIfDue()
        }
        ProgramGuardian.shared.watch(leader)
      }
      return .success(result.terminationStatus)
    } catch {
      return .failure(error)
    }
  }

  private var configuration: Configuration {
    let guardian = ProgramGuardian.shared
    let marked = environment.merging([ProgramGuardian.markName: guardian.mark]) { _, mark in mark }
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)
    ]
    return Configuration(
      executable: .path(FilePath(place.path)),
      arguments: Arguments(executablePathOverride: place.name, remainingValues: place.arguments),
      environment: .custom(
        Dictionary(
          uniqueKeysWithValues: marked.map { (Environment.Key(rawValue: $0) ?? "", $1) })),
      workingDirectory: place.directory.map { FilePath($0) }, platformOptions: options)
  }

  /// The leader has ended; its children may not outlive it. After a cancellation they have what is
  /// left of the grace, otherwise nothing.
  ///
  /// The leader is reaped by now, but its number is not given to another process as long as one
  /// member of the group lives, and an empty group gives ESRCH.
  private func endOthers(of leader: pid_t, by graceEnds: Deadline?) async {
    if let graceEnds { await waitUntilEmpty(leader, until: graceEnds) }
    guard Glibc.kill(-leader, SIGKILL) == 0 else { return }
    await waitUntilEmpty(leader, until: .after(.milliseconds(500)))
  }

  private func waitUntilEmpty(_ group: pid_t, until deadline: Deadline) async {
    while Glibc.kill(-group, 0) == 0 || errno == EPERM, !deadline.hasPassed {
      // A task of its own, because this one may be cancelled and would not sleep.
      await Task { try? await SystemClock.sleep(for: .milliseconds(5)) }.value
    }
  }
}
