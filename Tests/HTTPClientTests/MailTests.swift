import HTTPClient
import Testing

func report(
  from: String = "Muhurat <desk@example.in>", to: [String] = ["a@example.in"],
  subject: String = "End of day 2026-07-09", text: String = "All flat.\n", html: String? = nil,
  attachments: [MailAttachment] = [], messageID: String = "report.2026-07-09@desk"
) throws -> Mail {
  try Mail(
    from: MailAddress(from), to: to.map { try MailAddress($0) }, subject: subject, text: text,
    html: html, attachments: attachments, messageID: messageID,
    sentAtSecondsSinceEpoch: 1_783_594_205)
}

@Suite(.timeLimit(.minutes(10)))
struct `Sending mail` {
  let client = WebClient()

  private func mailer(_ sink: MailSink, startTLS: Bool = false, password: String? = nil) -> Mailer {
    Mailer(
      MailServer(
        url: sink.url, requiresStartTLS: startTLS, user: password.map { _ in "desk" },
        password: password.map { Secret($0) }, greetingName: "desk.example.in"),
      client: client)
  }

  private func failure(_ mailer: Mailer, _ mail: Mail) async -> MailError? {
    do {
      let code = try await mailer.send(mail)
      Issue.record("delivered with \(code)")
      return nil
    } catch {
      return error as? MailError
    }
  }

  @Test func `reaches every recipient with the whole message`() async throws {
    let sink = try MailSink()
    let mail = try report(
      to: ["a@example.in", "B <b@example.in>"], text: ".hidden dot\nplain\r\nlast")
    #expect(try await mailer(sink).send(mail) == 250)
    #expect(
      sink.dialogue == [
        "EHLO desk.example.in", "MAIL FROM:<desk@example.in> SIZE=316", "RCPT TO:<a@example.in>",
        "RCPT TO:<b@example.in>", "DATA",
        "Date: Thu, 9 Jul 2026 10:50:05 +0000", "From: \"Muhurat\" <desk@example.in>",
        "To: a@example.in,", " \"B\" <b@example.in>", "Subject: End of day 2026-07-09",
        "Message-ID: <report.2026-07-09@desk>", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
        "", "..hidden dot", "plain", "last", ".", "QUIT",
      ])
  }

  @Test func `logs in when told to`() async throws {
    let sink = try MailSink(offers: ["AUTH PLAIN"])
    try await mailer(sink, password: "s3cret").send(report())
    // \0desk\0s3cret
    #expect(sink.dialogue.contains("AGRlc2sAczNjcmV0"))
  }

  @Test func `with a refused login says so without the password`() async throws {
    let sink = try MailSink(
      offers: ["AUTH PLAIN"], answers: ["AUTH": "535 5.7.8 bad password s3cret\r\n"])
    let error = await failure(mailer(sink, password: "s3cret"), try report())
    #expect(
      error?.description
        == "mail: \(sink.server.host) refused the login (535); check user and password")
    #expect(error?.mayHaveArrived == false)
    var shown = ""
    dump(error, to: &shown)
    #expect(!shown.contains("s3cret"))
  }

  @Test(arguments: [
    ("MAIL", "451 4.3.0 try later\r\n", 451, "4.3.0 try later"),
    ("RCPT", "550 5.1.1 no such user\r\n", 550, "5.1.1 no such user"),
    ("DATA", "554 5.5.1 no valid recipients\r\n", 554, "5.5.1 no valid recipients"),
    (".", "552 5.3.4 too big\r\n", 552, "5.3.4 too big"),
    ("RCPT", "550 your password is s3cret\r\n", 550, ""),
  ])
  func `that the server rejects carries its code and words`(
    _ verb: String, _ answer: String, _ code: Int, _ words: String
  ) async throws {
    let sink = try MailSink(offers: ["AUTH PLAIN"], answers: [verb: answer])
    let error = await failure(mailer(sink, password: "s3cret"), try report())
    #expect(error?.cause == .rejected(code: code, reply: words))
    #expect(error?.mayHaveArrived == false)
  }

  @Test func `does not go out without the TLS it requires`() async throws {
    let sink = try MailSink()
    let error = await failure(mailer(sink, startTLS: true), try report())
    #expect(
      error?.description
        == "mail: \(sink.server.host) offers no STARTTLS; nothing was sent without it")
    #expect(!sink.dialogue.contains { $0.hasPrefix("MAIL") || $0.hasPrefix("DATA") })
  }

  @Test func `that may have arrived is said to`() async throws {
    let sink = try MailSink(answers: [".": ""])
    let mailer = Mailer(
      MailServer(url: sink.url, requiresStartTLS: false, timeLimit: .seconds(1)), client: client)
    let error = await failure(mailer, try report())
    #expect(error?.description == "mail: \(sink.server.host) timed out after 1s")
    #expect(error?.mayHaveArrived == true)
  }

  @Test func `to a server that is down says so`() async throws {
    let (socket, port) = try listenOnLoopback(backlog: nil)
    defer { Wire(socket).close() }
    let mailer = Mailer(MailServer(url: "smtp://127.0.0.1:\(port)"), client: client)
    let error = await failure(mailer, try report())
    #expect(
      error?.description
        == "mail: 127.0.0.1:\(port) refused the connection; is it running, and is the port right?")
  }

  @Test(arguments: [
    (
      MailServer(url: "http://h"),
      "the server's address is malformed (expected "
        + "smtp://host:587 or smtps://host:465)"
    ),
    (MailServer(url: "smtp://u:p@h"), "the server's address carries a user name; set it apart"),
    (MailServer(url: "smtp://h", user: "u"), "user and password belong together"),
    (
      MailServer(url: "smtp://h", requiresStartTLS: false, user: "u", password: Secret("s3cret")),
      "a password would cross the network in the clear; require STARTTLS or use smtps://"
    ),
    (MailServer(url: "smtp://h", greetingName: "a\r\nb"), "the greeting name is malformed"),
  ])
  func `is not sent through settings that cannot be right`(
    _ server: MailServer, _ problem: String
  ) async throws {
    let error = await failure(Mailer(server, client: client), try report())
    #expect(error?.description == "mail not sent: \(problem)")
  }
}
