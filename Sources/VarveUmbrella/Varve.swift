// What a program that embeds Varve imports: `import Varve`. Everything but the command, the formats of other programs and the
// five systems' catalog; those are libraries of their own (VarveWire, VarveCatalog).

@_exported public import VarveEvents
@_exported public import VarveLog
@_exported public import VarveProjections
@_exported public import VarveViews
