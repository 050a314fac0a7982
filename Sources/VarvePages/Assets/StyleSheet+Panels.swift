extension StyleSheet {
    /// Panels, tiles, tables, charts.
    static let panels = #"""
        /* grid and panels */
        main{display:grid;grid-template-columns:repeat(12,minmax(0,1fr));gap:var(--gap);margin-top:12px}
        main>*{grid-column:1/-1;min-width:0}.c3{grid-column:span 3}.c4{grid-column:span 4}.c5{grid-column:span 5}
        .c6{grid-column:span 6}.c7{grid-column:span 7}.c8{grid-column:span 8}.c9{grid-column:span 9}
        .panel{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px 14px;
        container-type:inline-size}
        .panel>h2,.hd{display:flex;flex-wrap:wrap;gap:0 10px;align-items:baseline;margin-bottom:6px}.hd h2{margin:0}
        .hd .r,.panel>h2 .r{margin-left:auto;font-weight:400}.take{color:var(--ink2);margin-bottom:8px}
        .take b{color:var(--ink)}
        .say{display:flex;flex-wrap:wrap;gap:4px 20px;align-items:baseline;padding:10px 14px;border-radius:8px;
        border:1px solid var(--line);border-left-width:5px;background:var(--panel)}.say p{font-size:16px;line-height:24px}
        .say[data-status=critical]{border-color:var(--crit);background:var(--crit-s)}
        .say[data-status=warning]{border-color:var(--warn);background:var(--warn-s)}
        .say[data-status=ok]{border-left-color:var(--ok)}.say ul{display:flex;flex-wrap:wrap;gap:0 16px}
        .rows>li{display:grid;grid-template-columns:92px 1fr auto;gap:0 12px;padding:7px 0;border-top:1px solid var(--line)}
        .rows>li:first-child{border:0}.rows .act{display:flex;gap:6px;align-items:start}
        .rows.t>li{grid-template-columns:44px 1fr}
        .kpis{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:var(--gap)}
        .kpis.q{grid-template-columns:repeat(4,minmax(0,1fr))}.kpi{display:grid;align-content:start}
        .kpi h3{font-weight:400;color:var(--ink2)}.big{font-size:26px;line-height:32px;font-weight:600;letter-spacing:-.02em}
        .big small{font-size:14px;letter-spacing:0;color:var(--ink2)}.d{font-size:12px;line-height:16px}
        .d.bad{color:var(--crit)}.d.good{color:var(--ok)}.d.flat{color:var(--ink2)}
        .spark text{font:12px var(--sans);fill:var(--ink2)}
        .kpi .st{font-size:12px;letter-spacing:0;vertical-align:4px;margin-left:4px}.hk svg{width:14px}.hk{gap:0 10px}
        .spark{display:block;width:100%;overflow:visible;margin-top:6px}
        /* tables */
        .scroll{position:relative;overflow-x:auto;margin:0 -14px;padding:0 14px}table{border-collapse:collapse;width:100%}
        caption{text-align:left;color:var(--ink2);padding-bottom:4px}
        th,td{padding:5px 14px 5px 0;text-align:left;vertical-align:middle;border-top:1px solid var(--line)}
        th:last-child,td:last-child{padding-right:0}
        thead th{border:0;color:var(--ink2);font-weight:400;font-size:12px;white-space:nowrap;vertical-align:bottom}
        tbody th{font-weight:400}th.n,td.n{text-align:right}tbody tr:hover{background:var(--raise)}
        thead a{color:inherit;text-decoration:none}.w1{width:15%;min-width:110px}.w2{width:29%;min-width:150px}.w4{width:40%}
        .col{display:grid;gap:var(--gap);align-content:start}.nb{white-space:nowrap}td .spark{margin:0}
        td svg,th svg{display:block;width:100%;overflow:visible}
        /* charts: text in outer svg (percent x, px y), marks in a nested stretched svg */
        .chart{container-type:inline-size;min-width:0}
        .plot{display:block;overflow:visible;width:calc(100% - 44px);margin-left:44px}
        .plot.r{width:calc(100% - 44px - 164px)}
        .plot text{font:12px var(--sans);fill:var(--ink2);font-variant-numeric:tabular-nums}.plot text.i{fill:var(--ink)}
        .plot .halo{paint-order:stroke;stroke:var(--panel);stroke-width:4px;stroke-linejoin:round}
        .key{display:none;flex-wrap:wrap;gap:0 14px;margin-bottom:6px}.key.on{display:flex}.key li{white-space:nowrap}
        .key svg{width:22px;height:8px;vertical-align:1px;margin-right:5px;overflow:visible}
        .chart details,.panel>details{margin-top:8px}
        summary{cursor:pointer;color:var(--ink2);font-size:12px;line-height:24px;width:max-content;max-width:100%}
        .lk{display:flex;flex-wrap:wrap;gap:0 14px;font-size:12px;align-items:baseline}.lk a,.lk summary{line-height:24px}
        .lk.r{float:right;margin-left:14px}.chart details{margin:0}.chart details>.scroll{clear:both;padding-top:6px}
        .chart{display:flow-root}.chart>.lk{margin-top:4px}.chart>details>summary{margin-top:4px}

        """#
}
