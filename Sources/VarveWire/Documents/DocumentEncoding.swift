/// The encoding of a document, for formats with several.
public enum DocumentEncoding: Sendable {
    case json, protobuf
}
