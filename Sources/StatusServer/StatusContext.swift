import Hummingbird
import NIOCore

/// What a handler knows of a request besides the request.
struct StatusContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel
  /// By the name of the operator's token; nil for readers.
  var actor: String?

  var maxUploadSize: Int { StatusConfiguration.maxBodyBytes }

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}
