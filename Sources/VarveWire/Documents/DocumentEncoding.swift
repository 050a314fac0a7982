/// How a document is written, where its format has several ways.
public enum DocumentEncoding: Sendable {
    case json, protobuf
}
