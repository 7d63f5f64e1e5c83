/// One message with everything it says, as a value. The caller gives time and id, so that the same
/// report is the same message, byte for byte, however often it is sent.
package struct Mail: Sendable {
  package var from: MailAddress
  package var to: [MailAddress]
  package var subject: String
  package var text: String
  package var html: String?
  package var attachments: [MailAttachment]
  /// Without angle brackets, `report.2026-07-09@desk.example`.
  package var messageID: String
  package var sentAtSecondsSinceEpoch: Int64

  package init(
    from: MailAddress, to: [MailAddress], subject: String, text: String, html: String? = nil,
    attachments: [MailAttachment] = [], messageID: String, sentAtSecondsSinceEpoch: Int64
  ) {
    self.from = from
    self.to = to
    self.subject = subject
    self.text = text
    self.html = html
    self.attachments = attachments
    self.messageID = messageID
    self.sentAtSecondsSinceEpoch = sentAtSecondsSinceEpoch
  }
}

package struct MailAttachment: Sendable {
  package var name: String
  package var contentType: String
  package var bytes: [UInt8]

  package init(name: String, contentType: String, bytes: [UInt8]) {
    self.name = name
    self.contentType = contentType
    self.bytes = bytes
  }
}

/// A mailbox that can stand in an envelope and a header: whatever could start a second header or a
/// second command is refused here, once.
package struct MailAddress: Sendable, Hashable {
  package let name: String
  package let mailbox: String

  package init(name: String = "", mailbox: String) throws {
    guard !holdsControlCharacter(name) else {
      throw MailError.badMail("the name of a mail address holds a control character")
    }
    guard isMailbox(mailbox) else {
      throw MailError.badMail("not a mail address: \(quoted(mailbox)) (expected name@host)")
    }
    self.name = name
    self.mailbox = mailbox
  }

  /// `desk@example.in` or `The Desk <desk@example.in>`.
  package init(_ text: String) throws {
    guard text.last == ">", let open = text.lastIndex(of: "<") else {
      try self.init(mailbox: text)
      return
    }
    var name = text[..<open]
    while name.last == " " { name.removeLast() }
    if name.count >= 2, name.first == "\"", name.last == "\"" { name = name.dropFirst().dropLast() }
    try self.init(name: String(name), mailbox: String(text[text.index(after: open)...].dropLast()))
  }
}

private func isMailbox(_ text: String) -> Bool {
  let parts = text.split(separator: "@", omittingEmptySubsequences: false)
  return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
    && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>()[]\\,;:\"".utf8.contains($0) }
}

func holdsControlCharacter(_ text: String) -> Bool {
  text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
}

/// For error texts: short, and with nothing that could move a terminal's cursor.
private func quoted(_ text: String) -> String {
  "\"" + String(text.prefix(40).map { $0.isASCII && $0 >= " " && $0 != "\u{7F}" ? $0 : "?" }) + "\""
}
