internal import VarveCharts
internal import VarvePages

/// Pages that show nothing of a log.
enum PlainPage {
    /// What a browser is shown at an address that leads nowhere.
    static let notFound = document("No such page") { main in
        main.tag("p", text: "There is no page at this address.")
        main.tag("p", ["class": "lk"]) { $0.tag("a", ["href": "/"], text: "Overview") }
    }

    static func document(_ title: String, _ body: (inout Markup) -> Void) -> String {
        var html = Markup()
        html.doctype()
        html.tag("html", ["lang": "en"]) { html in
            html.tag("head") { head in
                head.void("meta", ["charset": "utf-8"])
                head.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                head.void("meta", ["name": "color-scheme", "content": "light dark"])
                head.tag("title", text: "\(title) · Varve")
                head.void("link", ["rel": "icon", "href": PageAssets.icon.path, "type": "image/svg+xml"])
                head.void("link", ["rel": "stylesheet", "href": PageAssets.style.path])
            }
            html.line()
            html.tag("body") { outer in
                outer.tag("div", ["class": "page alone"]) { page in
                    page.tag("p", ["class": "brand"]) { brand in
                        brand.void("img", ["src": PageAssets.icon.path, "width": "18", "height": "18", "alt": ""])
                        brand.text("Varve")
                    }
                    page.tag("main", ["id": "main"]) { main in
                        main.tag("section", ["class": "panel"]) { panel in
                            panel.tag("h1", text: title)
                            body(&panel)
                        }
                    }
                }
            }
        }
        html.line()
        return html.text
    }
}
