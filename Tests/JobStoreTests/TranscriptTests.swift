import JobStore
import Testing

@Suite(.timeLimit(.minutes(10)))
struct `What a run said` {
  @Test func `is kept from its end, and counted whole`() {
    let transcript = Transcript(limit: 10)
    for number in 0..<1000 { transcript.append("line \(number)\n") }
    #expect(transcript.text == "\nline 999\n")
    #expect(transcript.total == 8890)
  }

  @Test func `does not show the database's password, cut or whole`() {
    let secret = "correct-horse"
    for offset in 0...40 {
      let transcript = Transcript(limit: 20, hiding: [secret])
      transcript.append(String(repeating: "a", count: 30) + secret)
      transcript.append(String(repeating: "b", count: offset))
      let text = transcript.text ?? ""
      #expect(
        !secret.indices.contains {
          text.contains(secret[$0...].prefix(4)) && secret[$0...].count > 3
        },
        "\(offset) bytes after it: \(text)")
      #expect(text.utf8.count <= 20)
    }
  }
}
