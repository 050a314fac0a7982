// What a program that embeds Varve imports: `import Varve`. Everything but the command and the formats of other programs
// (VarveWire), which is a library of its own.

@_exported public import VarveCatalog
@_exported public import VarveEvents
@_exported public import VarveLog
@_exported public import VarveProjections
@_exported public import VarveViews
@_exported public import VarveWorkspace
