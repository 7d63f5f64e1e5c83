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
    let time = Self.time(in: answer.body) ?? 0..<0
    answer.body.withUnsafeBytes { body in
      digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: body[..<time.lowerBound]))
      digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: body[time.upperBound...]))
    }
    return Array(digest.finalize())
  }

  /// Where the text after the key `timestamp` stands.
  private static func time(in body: [UInt8]) -> Range<Int>? {
    let head = body.prefix(256)
    let (key, data) = (Array("\"timestamp\"".utf8), Array("\"data\"".utf8))
    guard let start = head.place(of: key), start < head.place(of: data) ?? .max else { return nil }
    let blanks = [UInt8(ascii: ":"), UInt8(ascii: " ")]
    guard let opening = head[(start + key.count)...].firstIndex(where: { !blanks.contains($0) }),
      head[opening] == UInt8(ascii: "\""),
      let closing = head[(opening + 1)...].firstIndex(of: UInt8(ascii: "\""))
    else { return nil }
    return opening..<closing
  }
}

extension RandomAccessCollection<UInt8> where Index == Int {
  /// Where `word` begins. The library's own search was a twentieth of what a sync costs.
  fileprivate func place(of word: [UInt8]) -> Int? {
    indices.first { self[$0] == word[0] && self[$0...].starts(with: word) }
  }
}
