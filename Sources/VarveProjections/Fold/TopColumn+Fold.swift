/// Adds the rows of one value of a batch. Most values of a busy cell can no longer be kept, and then only their hash is needed.
extension TopColumn {
    func add(_ cell: Int, _ field: FieldCodes, _ value: UInt32, _ count: Int64) {
        let hash = field.keyHash(value)
        if isOpen(cell, hash) {
            field.withKeyBytes(value) { add(cell, $0, hash, count) }
        } else {
            cells[cell].other &+= count
        }
    }
}
