package import Reports
import TradingTime

/// Where the end-of-day report goes: always to files, and by mail where a server is configured.
package struct ReportDelivery: Sendable {
  typealias SendMail =
    @Sendable (RenderedReport, _ session: CivilDate, _ version: Int, _ sentAt: Instant) async throws
    -> Void

  let files: FileDelivery
  let mail: SendMail?

  package init(files: FileDelivery, mail: MailDelivery? = nil) {
    guard let mail else {
      self.init(files: files, sendMail: nil)
      return
    }
    self.init(files: files) { report, session, version, sentAt in
      try await mail.deliver(report, session: session, version: version, sentAt: sentAt)
    }
  }

  /// With a way to mail of the caller's own.
  init(files: FileDelivery, sendMail: SendMail?) {
    self.files = files
    mail = sendMail
  }
}
