import CCurl
import Glibc
import Threads

/// The thread that drives all transfers of a client. libcurl is entered by no other thread, and
/// never by one of the cooperative pool.
final class Engine: Sendable {
  private let mailbox = Mailbox()

  init(connectionsPerHost: Int) {
    guard globalsAreReady else {
      mailbox.close()
      return
    }
    let mailbox = mailbox
    let started = PlainThread.start(name: "http", stackSize: 1 << 20) {
      blockSignals()
      EngineLoop(mailbox, connectionsPerHost: connectionsPerHost)?.run()
      mailbox.close()
    }
    if !started { mailbox.close() }
  }

  deinit { mailbox.stop() }

  /// Runs to its end, or to the end of the calling task.
  func run(_ errand: Errand) async -> Ending {
    // The engine stops with its last reference; a caller that holds no other keeps it by waiting.
    defer { withExtendedLifetime(self) {} }
    let ticket = Ticket(errand)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        ticket.wait(continuation)
        mailbox.post(ticket)
      }
    } onCancel: {
      ticket.cancel()
      mailbox.lookForCancelled()
    }
  }
}

private let globalsAreReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

/// OpenSSL writes to sockets without MSG_NOSIGNAL; blocked here, SIGPIPE cannot end the program,
/// and no signal meant for the program's main thread lands on this one.
private func blockSignals() {
  var all = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_BLOCK, &all, nil)
}
