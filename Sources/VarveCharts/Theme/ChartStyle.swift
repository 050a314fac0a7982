/// How the classes of a chart look: the same rules in the stylesheet of the pages, where tokens follow the theme, and in a file,
/// where they are resolved.
public enum ChartStyle {
    /// For a stylesheet that defines the palette's tokens.
    public static var forPages: String { rules { "var(--\($0))" } }

    static func forFile(_ theme: ChartTheme) -> String { rules { Palette.hex($0, theme) } }

    private static func rules(_ colour: (String) -> String) -> String {
        var text = """
            .plot text{font:12px var(--sans);fill:\(colour("ink2"));font-variant-numeric:tabular-nums}
            .plot text.i,.plot tspan.fi{fill:\(colour("ink"))}
            .plot .halo{paint-order:stroke;stroke:\(colour("panel"));stroke-width:4px;stroke-linejoin:round}
            .grid line{stroke:\(colour("grid"))}.plot .base,.plot .tick{stroke:\(colour("edge"))}
            .ln{fill:none;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:butt;vector-effect:non-scaling-stroke}
            .ar{stroke:none;fill-opacity:.16}
            .ln.lead{stroke-width:2.25}
            .gh{fill:none;stroke:\(colour("ghost"));stroke-width:1.25;stroke-dasharray:3 3;vector-effect:non-scaling-stroke}
            .bound{stroke:\(colour("crit"));stroke-dasharray:4 3}.bound.w{stroke:\(colour("warn"))}
            .bound.g{stroke:\(colour("ok"))}
            .plot .bt{fill:\(colour("crit"))}.plot .bt.w{fill:\(colour("warn"))}.plot .bt.g{fill:\(colour("ok"))}
            .inc{fill:\(colour("crit-s"))}.sel{fill:\(colour("raise"))}.evt{stroke:\(colour("ink2"))}
            .fc{fill:\(colour("crit"))}.fw{fill:\(colour("warn"))}.fo{fill:\(colour("ok"))}.fl{fill:\(colour("ink2"))}
            .fi{fill:\(colour("ink"))}.fg{fill:\(colour("ghost"))}.fos{fill:\(colour("ok-s"))}.fr{fill:\(colour("raise"))}
            .nd{fill:none;stroke:\(colour("edge"));vector-effect:non-scaling-stroke}
            .open{fill:none;stroke:\(colour("s1"));stroke-width:1.5;vector-effect:non-scaling-stroke}
            .ring{fill:\(colour("panel"));stroke:\(colour("ink"));stroke-width:1.5}
            .nod{fill:url(#hatch)}.hatchl{stroke:\(colour("edge"))}

            """
        for number in 1...Palette.seriesMax {
            let dashes = Palette.dashes[number - 1]
            text += ".ln.k\(number){stroke:\(colour("s\(number)"))" + (dashes.isEmpty ? "}" : ";stroke-dasharray:\(dashes)}")
            text += ".br.k\(number),.ar.k\(number),.f\(number){fill:\(colour("s\(number)"))}\n"
        }
        for step in 0...5 { text += ".h\(step){fill:\(colour("h\(step)"))}" }
        return text + "\n"
    }
}
