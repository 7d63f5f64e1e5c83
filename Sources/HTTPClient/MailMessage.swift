import Glibc

extension Mail {
  /// The message of RFC 5322 and MIME, or why it cannot be one.
  func message() throws -> [UInt8] {
    try check()
    let lines = [
      "Date: \(date)",
      "From: \(from.header)",
      "To: \(to.map(\.header).joined(separator: ",\r\n "))",
      "Subject: \(MailText.header(subject))",
      "Message-ID: <\(messageID)>",
      "MIME-Version: 1.0",
    ]
    return Array((lines + [content.lines]).joined(separator: "\r\n").utf8)
  }

  private func check() throws {
    if to.isEmpty { throw MailError.badMail("no recipients") }
    if holdsControlCharacter(subject) {
      throw MailError.badMail("the subject holds a line break or another control character")
    }
    let isID = messageID.contains("@") && messageID.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    if !isID || messageID.contains(where: { "<>".contains($0) }) {
      throw MailError.badMail("the message id is malformed (expected id@host)")
    }
    for attachment in attachments {
      if attachment.name.isEmpty || holdsControlCharacter(attachment.name) {
        throw MailError.badMail("an attachment's name is empty or holds a control character")
      }
      if holdsControlCharacter(attachment.contentType) || !attachment.contentType.contains("/") {
        throw MailError.badMail("the content type of \(attachment.name) is malformed")
      }
    }
  }

  private var content: Part {
    let plain = Part.text("text/plain", text)
    let words = html.map { .many("alternative", [plain, .text("text/html", $0)]) } ?? plain
    return attachments.isEmpty ? words : .many("mixed", [words] + attachments.map(Part.file))
  }

  private var date: String {
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    var seconds = time_t(sentAtSecondsSinceEpoch)
    var civil = tm()
    gmtime_r(&seconds, &civil)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let time = [civil.tm_hour, civil.tm_min, civil.tm_sec].map(two).joined(separator: ":")
    return "\(days[Int(civil.tm_wday)]), \(civil.tm_mday) \(months[Int(civil.tm_mon)]) "
      + "\(civil.tm_year + 1900) \(time) +0000"
  }
}

extension MailAddress {
  fileprivate var header: String {
    if name.isEmpty { return mailbox }
    let isPlain = name.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    let shown = isPlain && name.utf8.count <= 64 ? "\"\(name)\"" : MailText.header(name)
    return "\(shown) <\(mailbox)>"
  }
}

/// A MIME part with its headers. The boundaries need no search for collisions: neither base64 nor
/// quoted-printable can produce `=_`.
private indirect enum Part {
  case text(String, String)
  case file(MailAttachment)
  case many(String, [Part])

  var lines: String {
    switch self {
    case .text(let type, let text):
      """
      Content-Type: \(type); charset=utf-8\r
      Content-Transfer-Encoding: quoted-printable\r
      \r
      \(MailText.quotedPrintable(text))\r\n
      """
    case .file(let attachment):
      """
      Content-Type: \(attachment.contentType)\r
      Content-Disposition: attachment;\r
       \(MailText.parameter("filename", attachment.name))\r
      Content-Transfer-Encoding: base64\r
      \r
      \(MailText.base64Lines(attachment.bytes))\r\n
      """
    case .many(let kind, let parts):
      "Content-Type: multipart/\(kind); boundary=\"=_\(kind)\"\r\n\r\n"
        + parts.map { "--=_\(kind)\r\n\($0.lines)" }.joined(separator: "\r\n")
        + "\r\n--=_\(kind)--\r\n"
    }
  }
}
