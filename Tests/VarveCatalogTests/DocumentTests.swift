import Testing
import VarveCatalog
import VarveEvents

struct DocumentTests {
    @Test func `the catalog's page says what the catalog holds`() throws {
        try RepositoryFile(path: "docs/catalog.md").expectGenerated(CatalogDocument.text)
    }

    @Test func `the page of definitions says what the code uses`() throws {
        try RepositoryFile(path: "docs/definitions.md").expectGenerated(DefinitionsDocument.text)
    }

    @Test(arguments: CatalogSystem.allCases)
    func `a system's wire page says how its fields are called`(system: CatalogSystem) throws {
        try RepositoryFile(path: "docs/wire/\(system.rawValue).md").expectGenerated(WireDocument.text(of: system))
    }

    @Test func `the page of records says what holds for all systems`() throws {
        try RepositoryFile(path: "docs/wire/records.md").expectGenerated(RecordsDocument.text)
    }

    @Test func `every signal and view has a heading of its own`() {
        let lines = Set(CatalogDocument.text.split(separator: "\n"))
        for signal in Catalog.signals { #expect(lines.contains("### `\(signal.name)`")) }
        for view in Catalog.views { #expect(lines.contains("#### `\(view.name)`")) }
    }
}
