import HTTPClient
import Testing

@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: SelfSignedCertificate.isPossible, "there is no openssl to make a certificate"))
struct `Sending mail over TLS` {
  private func mailer(
    _ relay: TLSRelay, trusting file: String?, _ scheme: String = "smtps"
  ) -> Mailer {
    Mailer(
      MailServer(
        url: "\(scheme)://127.0.0.1:\(relay.port)", user: "desk", password: Secret("s3cret"),
        greetingName: "desk.example.in", timeLimit: .seconds(60), connectTimeLimit: .seconds(60),
        certificateFile: file), client: WebClient())
  }

  @Test func `logs in and delivers where the certificate is known`() async throws {
    let files = try SelfSignedCertificate()
    let sink = try MailSink(offers: ["AUTH PLAIN"])
    let relay = try await TLSRelay(to: sink.server.port, with: files)
    #expect(try await mailer(relay, trusting: files.certificate).send(report()) == 250)
    // \0desk\0s3cret
    #expect(
      sink.dialogue.prefix(3) == ["EHLO desk.example.in", "AUTH PLAIN", "AGRlc2sAczNjcmV0"])
    #expect(sink.dialogue.contains("Subject: End of day 2026-07-09"))
  }

  @Test func `says nothing to a server whose certificate nobody has signed`() async throws {
    let sink = try MailSink(offers: ["AUTH PLAIN"])
    let relay = try await TLSRelay(to: sink.server.port, with: SelfSignedCertificate())
    do {
      try await mailer(relay, trusting: nil).send(report())
      Issue.record("the certificate was taken")
    } catch let error as MailError {
      #expect(error.description.contains("TLS with 127.0.0.1:\(relay.port) failed"), "\(error)")
    }
    #expect(sink.dialogue == [])
  }

  @Test func `asks for TLS where the server begins without, and logs in behind it`() async throws {
    let files = try SelfSignedCertificate()
    let sink = try MailSink(offers: ["STARTTLS", "AUTH PLAIN"])
    let relay = try await TLSRelay(to: sink.server.port, with: files, fromTheStart: false)
    #expect(try await mailer(relay, trusting: files.certificate, "smtp").send(report()) == 250)
    // The relay has answered STARTTLS; who speaks TLS then greets again.
    let greeting = "EHLO desk.example.in"
    #expect(sink.dialogue.prefix(4) == [greeting, greeting, "AUTH PLAIN", "AGRlc2sAczNjcmV0"])
    #expect(sink.dialogue.contains("Subject: End of day 2026-07-09"))
  }

  @Test func `a server that begins without TLS hears no login if its certificate is unknown`()
    async throws
  {
    let sink = try MailSink(offers: ["STARTTLS", "AUTH PLAIN"])
    let relay = try await TLSRelay(
      to: sink.server.port, with: SelfSignedCertificate(), fromTheStart: false)
    do {
      try await mailer(relay, trusting: nil, "smtp").send(report())
      Issue.record("the certificate was taken")
    } catch let error as MailError {
      #expect(error.description.contains("TLS with 127.0.0.1:\(relay.port) failed"), "\(error)")
    }
    #expect(sink.dialogue == ["EHLO desk.example.in"])
  }
}
