extension StyleSheet {
    /// Forms, chips, empty and failed parts, lanes.
    static let forms = #"""
        /* forms */
        .f{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px 12px;align-items:end}
        .f .wide{grid-column:span 2}
        label,.lab{display:block;font-size:12px;line-height:16px;color:var(--ink2);margin-bottom:3px}
        input:not([type=range],[type=checkbox]),select,textarea{font:inherit;width:100%;min-height:28px;padding:3px 8px;
        color:var(--ink);background:var(--panel);border:1px solid var(--edge);border-radius:6px}
        textarea{font:12px/18px var(--mono);min-height:64px}.chips{display:flex;flex-wrap:wrap;gap:6px;align-items:center}
        .chips a,.chip{display:inline-flex;gap:6px;padding:1px 8px;min-height:24px;border:1px solid var(--edge);
        border-radius:12px;color:var(--ink);text-decoration:none;font-size:12px;line-height:20px;white-space:nowrap}
        .chips [aria-current]{background:var(--ink);color:var(--panel);border-color:var(--ink)}
        .cmd{background:var(--raise);border-radius:6px;padding:6px 10px;display:block}
        dl.kv{display:grid;grid-template-columns:max-content 1fr;gap:3px 14px}dl.kv dt{color:var(--ink2)}
        dl.facts{display:flex;flex-wrap:wrap;gap:6px 28px}dl.facts dt{color:var(--ink2);font-size:12px;line-height:16px}
        .f+.note{margin:12px 0}form>.lk{margin-top:10px;align-items:center}.lab{margin-top:10px}.cmd+dl{margin-top:10px}
        textarea+label{margin-top:8px}.note{border-left:3px solid var(--edge);padding-left:10px;color:var(--ink2)}
        .empty{border:1px dashed var(--edge);border-radius:6px;padding:10px 12px}.empty .cmd{margin-top:6px}
        .panel>p+p{margin-top:6px}.err{border:1px solid var(--crit);border-radius:6px;padding:8px 12px}
        /* incident lanes and trace */
        .lane{display:grid;grid-template-columns:120px minmax(0,1fr);border-top:1px solid var(--line);align-items:center}
        .lane .plot{width:100%;margin:0}.lane h3{font-weight:400;font-size:12px;line-height:16px}
        .tl{border-left:1px solid var(--edge);margin-left:5px}.tl li{position:relative;padding:0 0 10px 18px}
        .tl li::before{content:"";position:absolute;left:-5px;top:6px;width:9px;height:9px;border-radius:50%;
        background:var(--panel);border:2px solid var(--ink2)}
        .tl li[data-status=critical]::before{background:var(--crit);border-color:var(--crit);border-radius:1px}
        .tl li[data-status=warning]::before{background:var(--warn);border-color:var(--warn);clip-path:polygon(50% 0,100% 100%,
        0 100%);border-radius:0}.tl li[data-status=ok]::before{background:var(--ok);border-color:var(--ok)}
        .tl .new{color:var(--past);font-weight:600}.wf td,.wf th{padding-block:2px;border:0}.wf thead th{padding-block:5px}
        .wf td.bar{width:54%}.wf td.bar svg{height:22px}.gl{stroke:var(--grid)}.wf tbody th{white-space:nowrap}
        .wf text{font:12px var(--sans);fill:var(--ink)}.wf tr.sel{background:var(--raise)}
        .wf tbody tr{border-top:1px solid var(--grid)}.d1{padding-left:14px}.d2{padding-left:28px}.d3{padding-left:42px}
        .d4{padding-left:56px}
        .sw{display:inline-block;width:8px;height:14px;border-radius:2px;vertical-align:-2px;margin-right:7px}
        .sw.k1,.sw.k2,.sw.k3,.sw.k4,.sw.k5,.sw.k6{background:var(--c)}.cp{fill:var(--ink)}

        """#
}
