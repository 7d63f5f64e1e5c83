import Testing

@testable import HTTPClient

@Suite(.timeLimit(.minutes(10)))
struct `A mail message` {
  @Test func `holds text, page and attachments, each in its own part`() throws {
    let mail = try report(
      subject: "Tagesschluss: ₹ 1,00,000 gewonnen und sonst nichts Neues zu berichten heute",
      text: "Grüße = 1\ntrailing \n" + String(repeating: "x", count: 80), html: "<p>ü</p>",
      attachments: [
        MailAttachment(
          name: "fills.csv", contentType: "text/csv",
          bytes: (0..<60).map { UInt8($0) }),
        MailAttachment(name: "Übersicht \"1\".json", contentType: "application/json", bytes: []),
      ])
    let text = String(decoding: try mail.message(), as: UTF8.self)
    #expect(
      text.replacing("\r\n", with: "\n") == """
        Date: Thu, 9 Jul 2026 10:50:05 +0000
        From: "Muhurat" <desk@example.in>
        To: a@example.in
        Subject: =?UTF-8?B?VGFnZXNzY2hsdXNzOiDigrkgMSwwMCwwMDAgZ2V3b25uZW4gdW5k?=
         =?UTF-8?B?IHNvbnN0IG5pY2h0cyBOZXVlcyB6dSBiZXJpY2h0ZW4gaGV1dGU=?=
        Message-ID: <report.2026-07-09@desk>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="=_mixed"

        --=_mixed
        Content-Type: multipart/alternative; boundary="=_alternative"

        --=_alternative
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Gr=C3=BC=C3=9Fe =3D 1
        trailing=20
        xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=
        xxxxx

        --=_alternative
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        <p>=C3=BC</p>

        --=_alternative--

        --=_mixed
        Content-Type: text/csv
        Content-Disposition: attachment;
         filename="fills.csv"
        Content-Transfer-Encoding: base64

        AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4
        OTo7

        --=_mixed
        Content-Type: application/json
        Content-Disposition: attachment;
         filename*=UTF-8''%C3%9Cbersicht%20%221%22.json
        Content-Transfer-Encoding: base64



        --=_mixed--

        """)
    #expect(text.replacing("\r\n", with: "").utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    #expect(text.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 })
  }

  @Test(arguments: [
    "a@b\r\nRCPT TO:<c@d>", "a b@c", "a@b@c", "@c", "a@", "a@b,c@d", "A\nB <a@b>", "ü@b",
    "",
  ])
  func `has no address that could be more than one`(_ address: String) {
    #expect(throws: MailError.self) { try MailAddress(address) }
  }

  @Test func `names a person beside the mailbox, in any script`() throws {
    let mail = try report(from: "महेश <m@example.in>", to: ["\"Q\" <q@example.in>"])
    let lines = String(decoding: try mail.message(), as: UTF8.self).split(separator: "\r\n")
    #expect(lines[1] == "From: =?UTF-8?B?4KSu4KS54KWH4KS2?= <m@example.in>")
    #expect(lines[2] == "To: \"Q\" <q@example.in>")
  }

  @Test func `is refused when a line break would start another header`() throws {
    let broken = [
      (
        try report(subject: "a\r\nBcc: x@y"),
        "mail not sent: the subject holds a line break or another control character"
      ),
      (try report(to: []), "mail not sent: no recipients"),
      (
        try report(messageID: "a@b>\r\nX: y"),
        "mail not sent: the message id is malformed (expected id@host)"
      ),
      (
        try report(attachments: [MailAttachment(name: "a\nb", contentType: "a/b", bytes: [])]),
        "mail not sent: an attachment's name is empty or holds a control character"
      ),
      (
        try report(attachments: [MailAttachment(name: "a", contentType: "a/b\r\nX: y", bytes: [])]),
        "mail not sent: the content type of a is malformed"
      ),
    ]
    for (mail, text) in broken {
      #expect { try mail.message() } throws: { "\($0)" == text }
    }
  }

  @Test func `keeps a secret to itself`() {
    let secret = Secret("s3cret")
    var shown = "\(secret) \(String(reflecting: secret)) \(String(describing: [secret]))"
    dump(MailServer(url: "smtp://h", user: "u", password: secret), to: &shown)
    #expect(!shown.contains("s3cret"))
    #expect(secret.reveal() == "s3cret")
  }
}
