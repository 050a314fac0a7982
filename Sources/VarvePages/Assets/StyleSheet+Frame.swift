extension StyleSheet {
    /// What is on every page: type, states, navigation, header, time, footer.
    static let frame = #"""
        .past{--bg:var(--past-s);--panel:var(--past-p)}*,::before,::after{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;scroll-padding-top:56px}
        body{margin:0;background:var(--bg);color:var(--ink);font:13px/20px var(--sans);
        font-variant-numeric:tabular-nums lining-nums;overflow-wrap:break-word}
        h1,h2,h3,p,ul,ol,dl,dd,figure,fieldset,table{margin:0;padding:0;border:0}
        h1{font-size:20px;line-height:28px;font-weight:600;letter-spacing:-.01em}
        h2{font-size:14px;line-height:20px;font-weight:600}h3{font-size:13px;line-height:20px;font-weight:600}
        small,.s{font-size:12px;line-height:16px;font-weight:400}.m{color:var(--ink2)}.n{text-align:right;white-space:nowrap}
        ul,ol{list-style:none}a{color:var(--link);text-underline-offset:2px;text-decoration-thickness:1px}
        a:not(:hover){text-decoration-color:color-mix(in srgb,currentColor 40%,transparent)}
        code,kbd,pre,.k{font:12px/18px var(--mono)}code,.cmd{overflow-wrap:anywhere}.bl{display:block}
        pre{margin:0;white-space:pre-wrap}kbd{border:1px solid var(--edge);border-radius:3px;padding:0 4px;color:var(--ink2)}
        b,strong{font-weight:600}data,time{white-space:nowrap}
        :focus-visible{outline:2px solid var(--focus);outline-offset:2px;border-radius:3px}
        .vh{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .skip{position:absolute;left:8px;top:-60px;background:var(--panel);padding:8px 12px;z-index:9}.skip:focus{top:8px}
        .defs{position:absolute;width:0;height:0}
        /* status: shape + word + colour */
        .st{white-space:nowrap;font-weight:600}
        .st::before{content:"";display:inline-block;width:9px;height:9px;margin-right:6px;background:currentColor;
        border-radius:50%;forced-color-adjust:none;print-color-adjust:exact;vertical-align:0}
        .st[data-status=ok]{color:var(--ok);font-weight:400}.st[data-status=warning]{color:var(--warn)}
        .st[data-status=warning]::before{width:11px;height:10px;margin-right:5px;margin-left:-1px;border-radius:0;
        clip-path:polygon(50% 0,100% 100%,0 100%)}.st[data-status=critical]{color:var(--crit)}
        .st[data-status=critical]::before{border-radius:1px}.st[data-status=none]{color:var(--none)}
        .st[data-status=none]::before{background:none;border:1.5px dashed currentColor}
        /* frame: rail, page, top, time bar, footer */
        .rail{position:fixed;inset:0 auto 0 0;width:var(--rail);height:100%;max-height:none;display:block;margin:0;
        padding:14px 10px;border:0;border-right:1px solid var(--line);background:var(--panel);color:inherit;overflow:auto}
        .brand{display:flex;gap:8px;align-items:center;font-weight:600;font-size:15px;padding:0 8px 12px;color:var(--ink);
        text-decoration:none}.brand svg{flex:none}
        .rail h2{font-size:12px;line-height:16px;color:var(--ink2);font-weight:400;padding:10px 8px 3px}
        .rail li a{display:flex;justify-content:space-between;gap:8px;padding:3px 8px;line-height:20px;color:var(--ink);
        text-decoration:none;border-radius:5px}.rail li a:hover{background:var(--raise)}
        .rail [aria-current]{background:var(--raise);font-weight:600;box-shadow:inset 2px 0 var(--link)}
        .rail .c{font-size:12px;color:var(--ink2);font-weight:400}.rail .c.x{color:var(--crit);font-weight:600}
        .page{margin-left:var(--rail);padding:0 24px 24px;max-width:2400px}
        .top{display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px;padding:12px 0 8px}.top h1{margin-right:4px}
        .top .sp{flex:1}.menu{display:none}.live{display:inline-flex;align-items:center;gap:6px;white-space:nowrap}
        .live::before{content:"";width:8px;height:8px;border-radius:50%;background:var(--ok);forced-color-adjust:none}
        .live[data-live=paused]::before{background:none;border:2px solid var(--warn);border-radius:0}
        .live[data-live=past]::before{background:var(--past);border-radius:0;transform:rotate(45deg)}
        .pastbar{position:sticky;top:0;z-index:5;display:flex;flex-wrap:wrap;align-items:center;gap:4px 16px;margin:0 -24px;
        padding:7px 24px;background:var(--past-b);color:var(--past-on);border-bottom:2px solid var(--past)}
        .pastbar a{color:inherit;font-weight:600;padding:2px 10px;border:1px solid;border-radius:5px;text-decoration:none;
        margin-left:auto;white-space:nowrap}.pastbar :focus-visible{outline-color:currentColor}
        .time{display:flex;flex-wrap:wrap;align-items:center;gap:8px 12px;padding:8px 0;border-block:1px solid var(--line)}
        .seg{display:inline-flex;border:1px solid var(--edge);border-radius:6px;overflow:clip;background:var(--panel)}
        .seg a{padding:3px 9px;min-width:30px;min-height:26px;text-align:center;color:var(--ink);text-decoration:none;
        border-left:1px solid var(--line);line-height:20px}.seg a:first-child{border:0}.seg a:hover{background:var(--raise)}
        .seg [aria-current]{background:var(--ink);color:var(--panel);font-weight:600}
        .seg a:focus-visible{outline-offset:-3px}
        .btn,button{font:inherit;color:var(--ink);background:var(--panel);border:1px solid var(--edge);border-radius:6px;
        padding:2px 10px;min-height:28px;line-height:22px;text-decoration:none;cursor:pointer;white-space:nowrap;
        display:inline-block}.btn:hover,button:hover{background:var(--raise)}
        .btn.p,button.p{background:var(--ink);color:var(--panel);border-color:var(--ink);font-weight:600}
        .sm{min-height:24px;line-height:18px;padding:2px 8px}
        .dvr{flex:1 1 460px;display:grid;grid-template-columns:auto 1fr auto;gap:0 12px;align-items:center}
        .dvr .tr{position:relative;height:40px}
        .dvr svg{position:absolute;left:8px;top:0;width:calc(100% - 16px);overflow:visible}
        .dvr input{position:absolute;inset:0 0 auto;width:100%;margin:0;height:24px;appearance:none;background:none;
        cursor:ew-resize}.dvr input::-webkit-slider-runnable-track{height:24px;background:none}
        .dvr input::-moz-range-track{height:24px;background:none}
        .dvr input::-webkit-slider-thumb{appearance:none;width:16px;height:24px;border:2px solid var(--panel);
        border-radius:5px;background:var(--ink)}
        .dvr input::-moz-range-thumb{width:12px;height:20px;border:2px solid var(--panel);border-radius:5px;
        background:var(--ink)}.past .dvr input::-webkit-slider-thumb{background:var(--past)}
        .past .dvr input::-moz-range-thumb{background:var(--past)}.dvr .b{display:flex;gap:6px}
        .foot{display:flex;flex-wrap:wrap;gap:2px 20px;margin-top:24px;padding-top:10px;border-top:1px solid var(--line);
        color:var(--ink2);font-size:12px;line-height:18px}

        """#
}
