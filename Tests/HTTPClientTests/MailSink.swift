import Threads

/// A mail server that takes everything, or answers as the test says, and keeps what it was told.
struct MailSink {
  let server: LoopbackServer
  private let said: Locked<[String]>

  /// `answers` replaces the reply to a verb; `offers` are the extensions named after EHLO.
  init(offers: [String] = ["SIZE 1000000"], answers: [String: String] = [:]) throws {
    let said = Locked<[String]>([])
    self.said = said
    server = try LoopbackServer { wire in
      wire.send("220 sink ready\r\n")
      while let line = wire.line() {
        said.withLock { $0.append(line) }
        let verb = String(line.prefix { $0 != " " && $0 != ":" }).uppercased()
        if verb == "DATA" && answers[verb] == nil {
          wire.send("354 go on\r\n")
          while let line = wire.line() {
            said.withLock { $0.append(line) }
            if line == "." { break }
          }
          wire.send(answers["."] ?? "250 2.0.0 taken\r\n")
        } else {
          if verb == "AUTH" {
            wire.send("334 \r\n")
            if let credentials = wire.line() { said.withLock { $0.append(credentials) } }
          }
          wire.send(answers[verb] ?? Self.usual(verb, offers))
        }
        if verb == "QUIT" { return }
      }
    }
  }

  var url: String { "smtp://\(server.host)" }
  var dialogue: [String] { said.withLock { $0 } }

  private static func usual(_ verb: String, _ offers: [String]) -> String {
    switch verb {
    case "EHLO":
      (["250-sink"] + offers.map { "250-\($0)" } + ["250 8BITMIME"]).joined(
        separator: "\r\n") + "\r\n"
    case "AUTH": "235 2.7.0 welcome\r\n"
    case "QUIT": "221 bye\r\n"
    default: "250 2.1.0 fine\r\n"
    }
  }
}
