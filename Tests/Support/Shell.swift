import Glibc

/// Starts a shell in a session of its own, so that an interrupt from the terminal passes it by, and
/// gives the writing end of the pipe it reads.
enum Shell {
  /// `POSIX_SPAWN_SETSID`, which the Glibc module does not show.
  private static let newSession: Int16 = 0x80

  static func start(_ script: String, arguments: [String]) throws -> Int32 {
    var pipe: [Int32] = [-1, -1]
    guard Glibc.pipe(&pipe) == 0 else {
      throw ClusterFailure(text: "no pipe: errno \(errno)")
    }
    defer { close(pipe[0]) }
    // No other child may hold the writing end, or the shell would outlive us.
    for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipe[0], 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, newSession)
    let words = (["sh", "-c", script, "supervisor"] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    var pid = pid_t()
    let failure = posix_spawn(&pid, "/bin/sh", &actions, &attributes, words + [nil], environ)
    guard failure == 0 else {
      close(pipe[1])
      throw ClusterFailure(text: "no shell: errno \(failure)")
    }
    return pipe[1]
  }
}
