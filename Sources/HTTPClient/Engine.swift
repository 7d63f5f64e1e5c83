import CCurl
import Threads

/// All transfers of a client. libcurl says of which sockets it wants to hear and when it wants to be
/// called again; a poll thread sees to both, and on it alone libcurl is entered.
actor Engine {
  /// nil: libcurl could not be set up.
  private let multi: UnsafeMutableRawPointer?
  private var running: [UnsafeMutableRawPointer: Transfer] = [:]
  private var idle: [UnsafeMutableRawPointer] = []
  private static let mostIdle = 64
  private var sockets: Set<Int32> = []
  private var begun = 0
  /// When libcurl wants to be called again.
  private var alarm: PollThread.Alarm?

  private nonisolated let thread: PollThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// As many connections as there are transfers: of one that waits for a connection libcurl looks at
  /// no time limit, so an order could wait behind answers that hang, and go out late.
  init(on thread: PollThread) {
    self.thread = thread
    let multi = globalsAreReady ? curl_multi_init() : nil
    self.multi = multi
    guard let multi else { return }
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = ccurl_multi_listen(multi, socketWish, timeWish, context)
  }

  /// Nothing is under way: whoever runs an errand keeps the engine.
  isolated deinit {
    guard let multi else { return }
    _ = ccurl_multi_listen(multi, nil, nil, nil)
    for socket in sockets { thread.leave(fd: socket) }
    if let alarm { thread.callOff(alarm) }
    for easy in idle { curl_easy_cleanup(easy) }
    curl_multi_cleanup(multi)
  }

  /// Runs to its end, or to the end of the calling task: a cancelled transfer is really gone when its
  /// caller goes on.
  func run(_ errand: Errand) async -> Ending {
    if Task.isCancelled { return .cancelled }
    guard let multi, let easy = idle.popLast() ?? curl_easy_init() else { return .stopped }
    begun += 1
    let number = begun
    let transfer = Transfer(errand, easy, number: number)
    defer { putAway(transfer) }
    let refusal = transfer.prepare()
    guard refusal == CURLE_OK else { return .finished(transfer.outcome(refusal)) }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        transfer.continuation = continuation
        running[easy] = transfer
        if curl_multi_add_handle(multi, easy) != CURLM_OK { end(transfer, .stopped) }
      }
    } onCancel: {
      Task { await self.cancel(number) }
    }
  }

  private func cancel(_ number: Int) {
    guard let transfer = running.values.first(where: { $0.number == number }) else { return }
    end(transfer, .cancelled)
  }

  private func end(_ transfer: Transfer, _ ending: Ending) {
    running[transfer.easy] = nil
    curl_multi_remove_handle(multi, transfer.easy)
    transfer.continuation?.resume(returning: ending)
    transfer.continuation = nil
  }

  private func putAway(_ transfer: Transfer) {
    curl_easy_reset(transfer.easy)
    transfer.release()
    if idle.count < Self.mostIdle {
      idle.append(transfer.easy)
    } else {
      curl_easy_cleanup(transfer.easy)
    }
  }
}

// What libcurl and the thread say to each other.
extension Engine {
  /// - Parameter socket: `CURL_SOCKET_TIMEOUT` if it is the time that libcurl waited for.
  private func act(on socket: Int32, _ events: Int32) {
    var active: Int32 = 0
    let code = curl_multi_socket_action(multi, socket, events, &active)
    settleFinished()
    // A socket that libcurl has just closed is no trouble; after anything else it would let all
    // that is under way hang.
    guard code != CURLM_OK, code != CURLM_BAD_SOCKET else { return }
    for transfer in running.values { end(transfer, .stopped) }
  }

  private func settleFinished() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
        let transfer = running[easy]
      else { continue }
      end(transfer, .finished(transfer.outcome(ccurl_result(message))))
    }
  }

  fileprivate func hear(of socket: Int32, read: Bool, write: Bool) {
    sockets.insert(socket)
    thread.watch(fd: socket, read: read, write: write) { [weak self] toRead, toWrite in
      let events = (toRead ? CURL_CSELECT_IN : 0) | (toWrite ? CURL_CSELECT_OUT : 0)
      self?.assumeIsolated { $0.act(on: socket, events) }
    }
  }

  fileprivate func leave(_ socket: Int32) {
    sockets.remove(socket)
    thread.leave(fd: socket)
  }

  fileprivate func wake(in milliseconds: Int) {
    if let alarm { thread.callOff(alarm) }
    alarm = nil
    guard milliseconds >= 0 else { return }
    alarm = thread.setAlarm(at: .after(.milliseconds(milliseconds))) { [weak self] in
      self?.assumeIsolated { $0.act(on: CURL_SOCKET_TIMEOUT, 0) }
    }
  }
}

private let globalsAreReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

private let socketWish: curl_socket_callback = { _, socket, what, context, _ in
  guard let context else { return 0 }
  let engine = Unmanaged<Engine>.fromOpaque(context).takeUnretainedValue()
  engine.assumeIsolated { engine in
    if what == CURL_POLL_REMOVE { return engine.leave(socket) }
    engine.hear(of: socket, read: what & CURL_POLL_IN != 0, write: what & CURL_POLL_OUT != 0)
  }
  return 0
}

private let timeWish: curl_multi_timer_callback = { _, milliseconds, context in
  guard let context else { return 0 }
  let engine = Unmanaged<Engine>.fromOpaque(context).takeUnretainedValue()
  engine.assumeIsolated { $0.wake(in: milliseconds) }
  return 0
}
