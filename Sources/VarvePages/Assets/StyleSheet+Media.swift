extension StyleSheet {
    /// Narrow and wide, coarse pointers, motion, forced colours, paper.
    static let media = #"""
        @container(max-width:400px){.t2{display:none}}
        @container(max-width:560px){.end{display:none}.key{display:flex}.plot{width:calc(100% - 40px);margin-left:40px}
        .plot.r{width:calc(100% - 40px)}.lane .plot{width:100%;margin:0}}
        @container(max-width:860px){.t3{display:none}}
        @media(min-width:1000px){dl.keys{grid-template-columns:max-content 1fr max-content 1fr}}
        @media(min-width:1700px){body{font-size:14px}h3{font-size:14px}}
        @media(max-width:1100px){.c3,.c4,.c5,.c6,.c7,.c8,.c9{grid-column:1/-1}
        .kpis{grid-template-columns:repeat(3,minmax(0,1fr))}.kpis.q{grid-template-columns:repeat(2,minmax(0,1fr))}}
        @media(max-width:900px){.rail:not(:popover-open){display:none}.rail{width:260px;box-shadow:0 0 0 100vmax #0008}
        .page{margin:0;padding:0 16px 24px}.pastbar{margin:0 -16px;padding-inline:16px}.menu{display:inline-block;order:-1}
        .rail li a{padding-block:8px}}
        @media(max-width:600px){.kpis,.kpis.q{grid-template-columns:repeat(2,minmax(0,1fr));gap:8px}:root{--gap:8px}
        .panel{padding:10px 12px}.scroll{margin:0 -12px;padding:0 12px}.big{font-size:22px;line-height:28px}
        .dvr{grid-template-columns:1fr auto;flex-basis:100%}.dvr .tr{grid-column:1/-1;grid-row:2;margin-top:6px}
        .time{gap:8px}.top{gap:4px 10px}.opt{display:none}.rows>li{grid-template-columns:1fr}.rows .act{margin-top:4px}
        .rows.t>li{grid-template-columns:auto 1fr}.feed>li{grid-template-columns:auto 1fr}.feed .at{grid-column:1/-1}
        .f{grid-template-columns:1fr 1fr}.lane{grid-template-columns:1fr}
        .lane h3{padding-top:6px}.stack thead{position:absolute;clip-path:inset(50%);height:1px;width:1px;overflow:hidden}
        .stack tr{display:grid;grid-template-columns:88px 1fr auto;align-items:baseline;padding:8px 0;
        border-top:1px solid var(--line)}.stack td,.stack th{border:0;padding:1px 0;text-align:left;width:auto;min-width:0}
        .stack.ns tr,.wf.stack tr{grid-template-columns:1fr auto auto}.stack td.n:not(.l){text-align:right;padding-left:12px}
        .stack .full{order:5}.stack td.g{grid-column:2/-1;text-align:left;padding:0}.lk.r{float:none;margin:4px 0 0}
        h1{font-size:18px}.stack .full{grid-column:1/-1}.wf.stack tr{padding:4px 0;border-top:1px solid var(--grid)}
        .wf td.bar{width:auto}.wf tbody th{white-space:normal}.seg a{padding-inline:7px}}
        @media(pointer:coarse){.seg a,.btn,button{min-height:32px;padding-block:4px}}
        @media(prefers-reduced-motion:no-preference){.live[data-live=on]::before{animation:p 2.4s ease-in-out infinite}
        @keyframes p{50%{opacity:.35}}.chg{animation:c 1.2s ease-out}
        @keyframes c{from{background:var(--raise)}}}
        @media(forced-colors:active){.seg [aria-current],.rail [aria-current]{outline:2px solid}}
        @media print{:root{color-scheme:light!important;--bg:#fff;--panel:#fff}
        .rail,.menu,.seg,.btn,button,.dvr,.lk,.skip,form{display:none!important}.page{margin:0;padding:0}
        .panel{break-inside:avoid;border-color:#bbb}.pastbar{position:static}.np{display:none}
        details::details-content{content-visibility:visible;block-size:auto}a{color:inherit}.scroll{overflow:visible}}

        """#
}
