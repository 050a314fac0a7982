/// Why a form that was sent changed nothing, and what was typed in it. The page that it stood on shows both.
public struct FormRefusal: Sendable {
    public struct Field: Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// One sentence.
    public var sentence: String
    /// Where it was sent.
    public var action: String
    public var fields: [Field]

    public init(_ sentence: String, action: String, fields: [Field]) {
        self.sentence = sentence
        self.action = action
        self.fields = fields
    }
}
