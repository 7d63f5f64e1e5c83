import Crypto
package import Desk

extension SharekhanClient {
  /// SHA-256 of an answer without the time that its envelope carries, so that two answers which say
  /// the same have the same digest.
  ///
  /// Only a time that stands before the data is left out. An answer that is put together in another
  /// way has the digest of all its bytes: that it says the same is then not seen, and it is read.
  package func digest(of answer: RawAnswer) -> [UInt8] {
    var digest = SHA256()
    digest.update(data: [UInt8(truncatingIfNeeded: answer.status)])
    answer.body.withUnsafeBytes { body in
      let time = Self.time(in: body) ?? 0..<0
      digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: body[..<time.lowerBound]))
      digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: body[time.upperBound...]))
    }
    return Array(digest.finalize())
  }

  /// Where the text after the key `timestamp` stands.
  private static func time(in body: UnsafeRawBufferPointer) -> Range<Int>? {
    let head = UnsafeRawBufferPointer(rebasing: body.prefix(256))
    guard let key = head.firstRange(of: "\"timestamp\"".utf8) else { return nil }
    guard head[..<key.lowerBound].firstRange(of: "\"data\"".utf8) == nil else { return nil }
    let blanks = [UInt8(ascii: ":"), UInt8(ascii: " ")]
    guard let opening = head[key.upperBound...].firstIndex(where: { !blanks.contains($0) }),
      head[opening] == UInt8(ascii: "\""),
      let closing = head[(opening + 1)...].firstIndex(of: UInt8(ascii: "\""))
    else { return nil }
    return opening..<closing
  }
}
