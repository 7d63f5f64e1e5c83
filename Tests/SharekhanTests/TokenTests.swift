import HTTPClient
import Testing

@testable import Sharekhan

struct TokenVector: Sendable, CustomTestStringConvertible {
  var name: String
  var secretKey: String
  var content: TokenCipher.Content
  var plainToken: String
  var urlToken: String
  var plainAnswer: String
  var urlAnswer: String

  var testDescription: String { name }

  static let all = [
    TokenVector(
      name: "A: seven digits, plus and slash", secretKey: "abcdefghijklmnopqrstuvwxyz012345",
      content: TokenCipher.Content(
        requestID: "0123456789abcdef0123456789abcdef", customerID: "1234567"),
      plainToken: "4T51ywGNKIx306nHOQs/+EnJoqGHMWZV4YdHyt/FflOXFXeX28hlqOwA3y5Sl9+629NjLtTug/I=",
      urlToken: "4T51ywGNKIx306nHOQs_-EnJoqGHMWZV4YdHyt_FflOXFXeX28hlqOwA3y5Sl9-629NjLtTug_I=",
      plainAnswer: "4D10zACOKcd/2/qWblpsqUHB8fDQYDUE6Y8Um4iULQLTHSTGjJk2+fhIYoqDOs1X7pLfDDmnVZk=",
      urlAnswer: "4D10zACOKcd_2_qWblpsqUHB8fDQYDUE6Y8Um4iULQLTHSTGjJk2-fhIYoqDOs1X7pLfDDmnVZk"),
    TokenVector(
      name: "B: six digits, two equals signs", secretKey: "Zx9Qw8Er7Ty6Ui5Op4As3Df2Gh1Jk0Lm",
      content: TokenCipher.Content(
        requestID: "F1E2D3C4B5A697887766554433221100", customerID: "765432"),
      plainToken: "60o+3/6z6KAlyG+pt2jn9uP/1NONNnCTzIB3FhBfuPoALApU9V05m4ZtiHtCaWFZR00dWXDW8A==",
      urlToken: "60o-3_6z6KAlyG-pt2jn9uP_1NONNnCTzIB3FhBfuPoALApU9V05m4ZtiHtCaWFZR00dWXDW8A==",
      plainAnswer: "mk1O2Ymy19JWuBzbvRzrjOGJ1NyPO3yQyIVzERRavPlPKQ5Q8F47Xfu/BjZ1LRJkwv+h5k3tqw==",
      urlAnswer: "mk1O2Ymy19JWuBzbvRzrjOGJ1NyPO3yQyIVzERRavPlPKQ5Q8F47Xfu_BjZ1LRJkwv-h5k3tqw"),
    TokenVector(
      name: "C: short", secretKey: "SIMULATED-SECRET-KEY-FOR-TESTS!!",
      content: TokenCipher.Content(requestID: "rqid-short", customerID: "42"),
      plainToken: "ZjcaPREJVbZ1dTxmJecXbQz3KcUfe5v0pAWQRhI=",
      urlToken: "ZjcaPREJVbZ1dTxmJecXbQz3KcUfe5v0pAWQRhI=",
      plainAnswer: "IHQPK00TWfR0aS8gY2nT4IhUUWh6FkqjfT3qjS8=",
      urlAnswer: "IHQPK00TWfR0aS8gY2nT4IhUUWh6FkqjfT3qjS8"),
  ]
}

@Suite(.timeLimit(.minutes(10)))
struct `A request token` {
  @Test(arguments: TokenVector.all)
  func `opens and is answered byte for byte as the broker's own clients do`(
    _ vector: TokenVector
  ) throws {
    let cipher = try TokenCipher(secretKey: Secret(vector.secretKey))
    for text in [vector.plainToken, vector.urlToken] {
      let token = try #require(RequestToken(text))
      #expect(try cipher.open(token) == vector.content)
    }
    #expect(try cipher.seal(vector.content, for: .plain).reveal() == vector.plainAnswer)
    #expect(try cipher.seal(vector.content, for: .version(1005)).reveal() == vector.urlAnswer)
    #expect(try cipher.seal(vector.content, for: .version(1006)).reveal() == vector.urlAnswer)
  }

  @Test(arguments: TokenVector.all)
  func `is found in whatever an operator pastes`(_ vector: TokenVector) throws {
    let cipher = try TokenCipher(secretKey: Secret(vector.secretKey))
    let percent = vector.plainToken.replacing("+", with: "%2B").replacing("/", with: "%2f")
      .replacing("=", with: "%3D")
    let pasted = [
      "  \(vector.plainToken)\n", vector.plainToken.replacing("+", with: " "),
      vector.urlToken.replacing("=", with: ""), percent,
      "http://localhost:8000/back?request_token=\(percent)&state=12345",
      "https://desk.example/?state=12345&request_token=\(vector.urlToken)#top",
      "request_token=\(vector.plainToken)&state=12345",
    ]
    for text in pasted {
      let token = try #require(RequestToken(text), "\(text)")
      #expect(try cipher.open(token) == vector.content, "\(text)")
    }
  }

  @Test(arguments: [
    "", "  \n", "https://desk.example/?state=12345", "https://desk.example/?request_token=&state=1",
  ])
  func `is not made out of anything else`(_ text: String) {
    #expect(RequestToken(text) == nil)
  }

  @Test func `with any byte changed is refused`() throws {
    let cipher = try TokenCipher(secretKey: Secret(TokenVector.all[0].secretKey))
    let bytes = try #require(Base64.decode(TokenVector.all[0].plainToken))
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      let token = try #require(RequestToken(Base64.encode(changed)))
      #expect(throws: TokenCipher.Problem.notOurs) { try cipher.open(token) }
    }
  }

  @Test func `of another app, cut short or no base64 says which`() throws {
    let cipher = try TokenCipher(secretKey: Secret(TokenVector.all[0].secretKey))
    for (text, problem): (String, TokenCipher.Problem) in [
      (TokenVector.all[1].plainToken, .notOurs), ("AAAA", .notOurs), ("not*base64", .notBase64),
    ] {
      let token = try #require(RequestToken(text))
      #expect(throws: problem) { try cipher.open(token) }
    }
  }

  @Test(arguments: [
    "", "short", "abcdefghijklmnopqrstuvwxyz0123456", "ü2345678901234567890123456789012",
  ])
  func `needs a secret key of 32 bytes`(_ key: String) {
    #expect(throws: TokenCipher.Problem.keyLength(key.utf8.count)) {
      try TokenCipher(secretKey: Secret(key))
    }
  }
}
