import Testing

@testable import SharekhanSimulator

/// Made-up keys; the tokens were computed with the official clients' own functions.
private struct Vector: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let secret, received, standard, urlSafe, returned, returnedURLSafe, returnedStandard: String

  static let all = [
    Vector(
      testDescription: "seven-digit customer",
      secret: "abcdefghijklmnopqrstuvwxyz012345",
      received: "0123456789abcdef0123456789abcdef|1234567",
      standard: "4T51ywGNKIx306nHOQs/+EnJoqGHMWZV4YdHyt/FflOXFXeX28hlqOwA3y5Sl9+629NjLtTug/I=",
      urlSafe: "4T51ywGNKIx306nHOQs_-EnJoqGHMWZV4YdHyt_FflOXFXeX28hlqOwA3y5Sl9-629NjLtTug_I=",
      returned: "1234567|0123456789abcdef0123456789abcdef",
      returnedURLSafe:
        "4D10zACOKcd_2_qWblpsqUHB8fDQYDUE6Y8Um4iULQLTHSTGjJk2-fhIYoqDOs1X7pLfDDmnVZk",
      returnedStandard:
        "4D10zACOKcd/2/qWblpsqUHB8fDQYDUE6Y8Um4iULQLTHSTGjJk2+fhIYoqDOs1X7pLfDDmnVZk="),
    Vector(
      testDescription: "six-digit customer",
      secret: "Zx9Qw8Er7Ty6Ui5Op4As3Df2Gh1Jk0Lm",
      received: "F1E2D3C4B5A697887766554433221100|765432",
      standard: "60o+3/6z6KAlyG+pt2jn9uP/1NONNnCTzIB3FhBfuPoALApU9V05m4ZtiHtCaWFZR00dWXDW8A==",
      urlSafe: "60o-3_6z6KAlyG-pt2jn9uP_1NONNnCTzIB3FhBfuPoALApU9V05m4ZtiHtCaWFZR00dWXDW8A==",
      returned: "765432|F1E2D3C4B5A697887766554433221100",
      returnedURLSafe:
        "mk1O2Ymy19JWuBzbvRzrjOGJ1NyPO3yQyIVzERRavPlPKQ5Q8F47Xfu_BjZ1LRJkwv-h5k3tqw",
      returnedStandard:
        "mk1O2Ymy19JWuBzbvRzrjOGJ1NyPO3yQyIVzERRavPlPKQ5Q8F47Xfu/BjZ1LRJkwv+h5k3tqw=="),
    Vector(
      testDescription: "short plaintext",
      secret: "SIMULATED-SECRET-KEY-FOR-TESTS!!", received: "rqid-short|42",
      standard: "ZjcaPREJVbZ1dTxmJecXbQz3KcUfe5v0pAWQRhI=",
      urlSafe: "ZjcaPREJVbZ1dTxmJecXbQz3KcUfe5v0pAWQRhI=", returned: "42|rqid-short",
      returnedURLSafe: "IHQPK00TWfR0aS8gY2nT4IhUUWh6FkqjfT3qjS8",
      returnedStandard: "IHQPK00TWfR0aS8gY2nT4IhUUWh6FkqjfT3qjS8="),
  ]
}

@Suite(.timeLimit(.minutes(10)))
struct `Request tokens` {
  @Test(arguments: Vector.all)
  private func `are built byte for byte`(_ vector: Vector) throws {
    let cipher = try #require(RequestTokenCipher(secret: vector.secret))
    #expect(try cipher.seal(vector.received, .standard) == vector.standard)
    #expect(try cipher.seal(vector.received, .urlSafe) == vector.urlSafe)
  }

  @Test(arguments: Vector.all)
  private func `come back in any client's flavour`(_ vector: Vector) throws {
    let cipher = try #require(RequestTokenCipher(secret: vector.secret))
    let flavours = [
      vector.returnedURLSafe, vector.returnedStandard, Percent.encode(vector.returnedStandard),
      vector.returnedStandard.replacing("+", with: " "), vector.returnedURLSafe + "==",
    ]
    for flavour in flavours { #expect(cipher.open(flavour) == vector.returned) }
  }

  @Test func `with a wrong tag are refused`() throws {
    let vector = Vector.all[2]
    let cipher = try #require(RequestTokenCipher(secret: vector.secret))
    #expect(cipher.open(vector.returnedStandard.replacing("T3q", with: "T4q")) == nil)
    #expect(cipher.open("") == nil)
    #expect(cipher.open("not base64 at all !") == nil)
  }

  @Test func `need a key of exactly 32 bytes`() {
    #expect(RequestTokenCipher(secret: "short") == nil)
    #expect(RequestTokenCipher(secret: String(repeating: "x", count: 33)) == nil)
  }
}
