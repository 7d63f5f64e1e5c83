/// Mail that always goes the same way: one server, one sender, the same recipients.
package struct MailRoute: Sendable {
  private let mailer: Mailer
  package let from: MailAddress
  package let to: [MailAddress]
  /// Behind the @ of a message's name.
  package let host: String

  package init(mailer: Mailer, from: MailAddress, to: [MailAddress], host: String) {
    self.mailer = mailer
    self.from = from
    self.to = to
    self.host = host
  }

  package func send(_ mail: Mail) async throws { try await mailer.send(mail) }

  /// - Parameter name: what a mail program knows the message by: the same name is shown once,
  ///   however often it was sent.
  package func mail(
    name: String, subject: String, text: String, html: String? = nil,
    attachments: [MailAttachment] = [], sentAtSecondsSinceEpoch: Int64
  ) -> Mail {
    Mail(
      from: from, to: to, subject: subject, text: text, html: html, attachments: attachments,
      messageID: "\(name)@\(host)", sentAtSecondsSinceEpoch: sentAtSecondsSinceEpoch)
  }
}
