import CCurl

/// The engine's thread from start to stop. Confined to that thread, like everything of libcurl's it
/// owns.
final class EngineLoop {
  private let mailbox: Mailbox
  private let multi: UnsafeMutableRawPointer
  private var running: [UnsafeMutableRawPointer: Transfer] = [:]
  private var idle: [UnsafeMutableRawPointer] = []

  init?(_ mailbox: Mailbox, connectionsPerHost: Int) {
    guard let multi = curl_multi_init() else { return nil }
    self.mailbox = mailbox
    self.multi = multi
    _ = ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost)
    mailbox.open(Waker(multi))
  }

  func run() {
    while true {
      let news = mailbox.collect()
      if news.isStopping {
        for ticket in news.arrived { ticket.end(.stopped) }
        break
      }
      for ticket in news.arrived { begin(ticket) }
      if news.areSomeCancelled { dropCancelled() }
      var active: Int32 = 0
      guard curl_multi_perform(multi, &active) == CURLM_OK else { break }
      settleFinished()
      // A wake-up that comes before the poll is kept by libcurl and ends it at once.
      guard mailbox.fallAsleep() else { continue }
      guard curl_multi_poll(multi, nil, 0, 60_000, nil) == CURLM_OK else { break }
    }
    for transfer in running.values { finish(transfer, .stopped) }
    mailbox.close()
    for easy in idle { curl_easy_cleanup(easy) }
    curl_multi_cleanup(multi)
  }

  private func begin(_ ticket: Ticket) {
    guard !ticket.isCancelled else { return ticket.end(.cancelled) }
    guard let easy = idle.popLast() ?? curl_easy_init() else { return ticket.end(.stopped) }
    let transfer = Transfer(ticket, easy)
    let refusal = transfer.prepare()
    guard refusal == CURLE_OK else {
      return finish(transfer, .finished(transfer.outcome(refusal)), added: false)
    }
    running[easy] = transfer
    if curl_multi_add_handle(multi, easy) != CURLM_OK { finish(transfer, .stopped, added: false) }
  }

  private func dropCancelled() {
    for transfer in running.values where transfer.ticket.isCancelled {
      finish(transfer, .cancelled)
    }
  }

  private func settleFinished() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
        let transfer = running[easy]
      else { continue }
      finish(transfer, .finished(transfer.outcome(ccurl_result(message))))
    }
  }

  private func finish(_ transfer: Transfer, _ ending: Ending, added: Bool = true) {
    running[transfer.easy] = nil
    if added { curl_multi_remove_handle(multi, transfer.easy) }
    curl_easy_reset(transfer.easy)
    transfer.release()
    if idle.count < 16 { idle.append(transfer.easy) } else { curl_easy_cleanup(transfer.easy) }
    transfer.ticket.end(ending)
  }
}
