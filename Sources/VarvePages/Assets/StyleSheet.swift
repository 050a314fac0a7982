internal import VarveCharts

/// One stylesheet for every page. No import, no address, no font. Tokens come first: `light-dark()` follows the browser's wish,
/// and `data-theme` on the root overrides it.
enum StyleSheet {
    static let text = root + frame + panels + ChartStyle.forPages + forms + own + media

    private static let root = """
        :root{color-scheme:light dark;
        \(Palette.tokens)
        --none:var(--ink2);
        --sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;
        --mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;
        --rail:180px;--gap:12px}
        :root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}

        """
}
