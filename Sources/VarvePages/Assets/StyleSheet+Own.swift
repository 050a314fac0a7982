extension StyleSheet {
    /// What the pages have beyond the mocks that the stylesheet began with.
    static let own = #"""
        main{outline:none}
        html:not(.js) .js{display:none}
        .dot::before{margin-right:4px}
        .live[data-live=stale]::before{background:none;border:1.5px dashed var(--none)}
        .live[data-live=reconnecting]::before{background:none;border:2px solid var(--warn)}
        .abs{position:relative}.abs>summary{font-size:13px;line-height:28px;color:var(--ink2)}
        .abs>summary b{font-weight:600}
        .absf{position:absolute;z-index:6;display:flex;flex-wrap:wrap;gap:8px;align-items:end;padding:10px 12px;min-width:240px;
        background:var(--panel);border:1px solid var(--edge);border-radius:8px;box-shadow:0 8px 24px #0003}
        .absf input{min-width:190px}
        .dvr label{margin:0;font-size:13px;line-height:20px}.dvr label b{color:var(--ink)}
        .kpi h3{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 8px}.kpi h3 .st{font-size:12px;margin:0}
        .kpi h3 a{color:inherit;text-decoration:none}.kpi h3 a:hover{text-decoration:underline}
        .kpi{grid-row:span 5;grid-template-rows:subgrid;row-gap:0}.kpi .spark{align-self:end}
        .bars,.hbar{display:block;width:100%}.wb{width:26%;min-width:60px}
        .stack tbody th,.stack td.n{white-space:nowrap}
        @media(max-width:600px){.stack tbody th,.stack td.n{white-space:normal}}
        .zoom{position:absolute;background:var(--link);opacity:.15;pointer-events:none;top:0;bottom:0}
        .chart{position:relative}.chart .plot{touch-action:pan-y}
        .tip{position:absolute;z-index:4;pointer-events:none;padding:4px 8px;border-radius:5px;background:var(--ink);
        color:var(--panel);font-size:12px;line-height:16px;white-space:nowrap}
        .hair{position:absolute;width:1px;background:var(--edge);pointer-events:none}
        .feed>li{display:grid;grid-template-columns:148px minmax(170px,280px) 1fr;gap:0 12px;padding:4px 0;
        border-top:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 28px}
        .feed>li:first-child{border:0}.feed .kv{margin-right:10px;white-space:nowrap}.feed .kv b{font-weight:400;color:var(--ink)}
        .feed a{display:inline-block;line-height:24px;margin-right:6px}
        .feed .at{overflow-wrap:anywhere}.feed .sg{overflow-wrap:anywhere}
        [aria-invalid]{border-color:var(--crit);border-width:2px}
        .stack tbody th{font-weight:400}
        .panel.over{overflow:hidden}
        dialog{border:1px solid var(--edge);border-radius:8px;background:var(--panel);color:var(--ink);padding:16px 20px;
        max-width:min(560px,92vw)}
        dialog::backdrop{background:#0006}
        dl.keys{display:grid;grid-template-columns:max-content 1fr;gap:5px 16px;margin:10px 0}
        .copy{float:right;margin-left:8px}
        .note{margin:8px 0}
        .rows.t>li{grid-template-columns:auto 1fr}.rows.t time{min-width:44px}
        .empty .cmd+p{margin-top:8px}
        .f .wide{grid-column:span 2}
        td.n .st{margin-right:2px}
        form.act{display:inline-block;margin:1px 4px 1px 0}.panel>form,details>form{margin-top:8px}
        fieldset label.in{display:inline;margin:0 12px 0 4px;font-size:13px}fieldset input{vertical-align:-2px}
        textarea{width:100%}.d5{padding-left:70px}.d6{padding-left:84px}.d7{padding-left:98px}.d8{padding-left:112px}
        .map{margin:6px 0 10px;width:100%}.call{stroke:var(--ink2)}.call.bad{stroke:var(--crit);stroke-dasharray:6 3}
        .tl time{margin-right:4px}
        .page.alone{margin:0 auto;max-width:440px;padding-top:10vh}.alone .brand{padding:0 0 8px}
        .alone .f{grid-template-columns:1fr}.alone h1{margin-bottom:10px}
        .lkb{border:0;background:none;padding:0;min-height:24px;line-height:24px;font-size:12px;color:var(--link);
        text-decoration:underline;text-underline-offset:2px}.lkb:hover{background:none}
        .load{position:fixed;z-index:9;top:10px;left:50%;padding:4px 14px;border-radius:14px;background:var(--ink);
        color:var(--panel);transform:translateX(-50%)}
        main>.panel:nth-of-type(n+8){content-visibility:auto;contain-intrinsic-size:auto 320px}
        dl.facts .big{font-size:22px;line-height:28px}.panel>h3{margin-top:10px}

        """#
}
