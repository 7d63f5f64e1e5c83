import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
  static func json(
    _ value: some Encodable, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    var response = Response(status: status, body: ResponseBody(byteBuffer: try json(value)))
    response.headers[.contentType] = "application/json; charset=utf-8"
    response.headers[.cacheControl] = "no-store"
    return response
  }

  /// Sorted keys: equal documents are equal bytes.
  static func json(_ value: some Encodable) throws -> ByteBuffer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return ByteBuffer(bytes: try encoder.encode(value))
  }

  static func text(_ text: String, type: String, status: HTTPResponse.Status = .ok) -> Response {
    var response = Response(
      status: status, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    response.headers[.contentType] = type
    response.headers[.cacheControl] = "no-store"
    return response
  }
}

extension Request {
  /// The body as a value; an empty body is an empty object.
  func decoded<Value: Decodable>(as _: Value.Type) async throws -> Value {
    let buffer: ByteBuffer
    do {
      buffer = try await body.collect(upTo: StatusConfiguration.maxBodyBytes)
    } catch is NIOTooManyBytesError {
      throw Problem(
        .contentTooLarge, "the request is too large",
        "a body may have \(StatusConfiguration.maxBodyBytes) bytes")
    }
    let bytes = buffer.readableBytes == 0 ? Array("{}".utf8) : Array(buffer.readableBytesView)
    return try JSONDecoder().decode(Value.self, from: Data(bytes))
  }

  func query(_ name: String) -> String? {
    uri.queryParameters.get(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  func query<Value>(
    _ name: String, _ what: String, _ read: (String) -> Value?
  ) throws -> Value? {
    guard let text = query(name) else { return nil }
    guard let value = read(text) else {
      throw Problem.badRequest("\(name)=\(text) is not \(what)")
    }
    return value
  }

  /// How many to list: 50 unless told, 1000 at most.
  func limit() throws -> Int {
    try query("limit", "a number from 1 to 1000") {
      Int($0).flatMap { (1...1000).contains($0) ? $0 : nil }
    } ?? 50
  }
}
