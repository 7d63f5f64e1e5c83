import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// `/events`: snapshots as server-sent events, until the watcher leaves or the server stops.
struct EventRoutes {
  let feed: LiveFeed
  let document: @Sendable () -> StatusDocument

  func events(_ request: Request, _ context: StatusContext) throws -> Response {
    guard let (id, stream) = feed.watch() else {
      var problem = Problem(
        .serviceUnavailable, "too many watch already",
        "close another page of this server, or read /status")
      problem.headers[.retryAfter] = "10"
      throw problem
    }
    let first: ByteBuffer
    do {
      first = try Self.event(document())
    } catch {
      feed.leave(id)
      throw error
    }
    let body = ResponseBody { [feed, channel = context.channel] writer in
      defer { feed.leave(id) }
      // Hummingbird waits for open answers when it stops, and this one would never end. A watcher
      // that does not read cannot be told either, so his connection is cut a moment later.
      try await withGracefulShutdownHandler {
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        try await writer.write(first)
        for await event in stream { try await writer.write(event) }
        try await writer.finish(nil)
      } onGracefulShutdown: {
        feed.leave(id)
        channel.eventLoop.scheduleTask(in: .milliseconds(300)) { channel.close(promise: nil) }
      }
    }
    var response = Response(status: .ok, body: body)
    response.headers[.contentType] = "text/event-stream"
    response.headers[.cacheControl] = "no-store"
    // Or a proxy would keep events until it has enough of them.
    if let name = HTTPField.Name("X-Accel-Buffering") { response.headers[name] = "no" }
    return response
  }

  static func event(_ document: StatusDocument) throws -> ByteBuffer {
    var event = ByteBuffer(string: "event: status\ndata: ")
    var json = try Response.json(document)
    event.writeBuffer(&json)
    event.writeString("\n\n")
    return event
  }
}
