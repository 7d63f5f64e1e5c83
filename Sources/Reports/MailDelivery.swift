package import HTTPClient
package import TradingTime

/// Mails a report: the verdict in the subject, the text and the page in the body, all four forms
/// attached.
package struct MailDelivery: Sendable {
  private let route: MailRoute

  package init(_ route: MailRoute) { self.route = route }

  /// - Parameter version: of the session's report; the message's name carries it, so that a mail
  ///   program shows the same version once, however often it was sent.
  package func deliver(
    _ report: RenderedReport, session: CivilDate, version: Int, sentAt: Instant
  ) async throws {
    try await route.send(mail(report, session: session, version: version, sentAt: sentAt))
  }

  package func mail(
    _ report: RenderedReport, session: CivilDate, version: Int, sentAt: Instant
  ) -> Mail {
    let files = [
      ("txt", "text/plain; charset=utf-8", report.text),
      ("html", "text/html; charset=utf-8", report.html),
      ("csv", "text/csv; charset=utf-8", report.csv),
      ("json", "application/json", report.json),
    ]
    let amended = version > 1 ? " (version \(version))" : ""
    return route.mail(
      name: "report.\(session).\(version)",
      subject: "\(report.verdict): end of day \(session)\(amended)", text: report.text,
      html: report.html,
      attachments: files.map { ending, type, text in
        MailAttachment(
          name: "report-\(session).\(ending)", contentType: type, bytes: Array(text.utf8))
      }, sentAtSecondsSinceEpoch: sentAt.microseconds / 1_000_000)
  }
}
