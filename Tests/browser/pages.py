"""Every page of a served month, in a browser: axe, overflow, both themes, three widths, load time, live, and the ways through."""
import argparse, glob, os, statistics, sys, time, urllib.parse

from selenium.webdriver.common.by import By

import walks
from common import ALERT, Server, browser, check, failures, look, offset, size, themed, until

PAGES = ["/", "/monitoring", "/users", "/explore", "/explore?view=rollback_rate&by=component&from=now-7d",
         "/explore?view=user_latency&show=table&from=now-7d", "/resilience", "/analytics",
         "/operations", "/business", "/errors", "/sessions", "/events", "/system", "/views", "/views/rollback_rate",
         "/views/sessions", "/log", "/?at=15000", "/explore?where=foo", "/?from=never", "/nowhere", "/services/nobody",
         "/alerts", "/alerts?state=inactive", "/alerts/rules", "/alerts/rules/high_rollback_rate?from=now-7d&sweep=1",
         "/alerts/rules/high_rollback_rate?threshold=x", "/alerts/nobody", "/incidents", "/incidents/inc-1", "/traces",
         "/traces/4bf92f3577b34da6a3ce929d0e0e4736", "/settings", "/alerts?at=15000", "/traces?at=15000",
         "/monitoring?at=15000", "/users?at=15000"]
# Pages of a single thing, by the page that leads to them.
THINGS = [("/alerts", ALERT), ("/sessions", r'href="(/sessions/[^"]+)"'),
          ("/monitoring", r'href="(/services/[^"]+)"'), ("/incidents", r'href="(/incidents/(?!inc-1")[^"]+)"')]


def name_of(path):
    return urllib.parse.quote(path.strip("/") or "overview", safe="").replace("%", "_")


def every_page(driver, server, axe, asked):
    loads, pages = {}, list(PAGES)
    for page, pattern in THINGS:
        found = server.first(page, pattern)
        check(found or asked.path, f"{page} leads to no single thing")
        pages += [found] if found else []
    for path in pages:
        if asked.path and asked.path != path:
            continue
        for theme in asked.themes:
            for width in asked.widths:
                where = f"{path} {theme} {width}"
                size(driver, width)
                driver.get(server.url + themed(path, theme))
                timing = driver.execute_script(
                    "const t=performance.getEntriesByType('navigation')[0];return [t.loadEventEnd-t.startTime,t.decodedBodySize]")
                loads.setdefault(path, []).append(timing[0])
                check(timing[1] < 100_000, f"{where}: {timing[1]} bytes")
                look(driver, axe, where)
                if asked.shots:
                    tall = driver.execute_script("return Math.min(5000,document.documentElement.scrollHeight)")
                    size(driver, width, tall)
                    driver.save_screenshot(os.path.join(asked.shots, f"{name_of(path)}-{width}-{theme}.png"))
    medians = {path: statistics.median(times) for path, times in loads.items()}
    slowest = max(medians, key=medians.get)
    print(f"{sum(map(len, loads.values()))} loads; the median of the slowest page {medians[slowest]:.0f} ms: {slowest}; "
          f"of all {statistics.median(medians.values()):.0f} ms")
    check(medians[slowest] <= asked.load_ms, f"{slowest} loads in {medians[slowest]:.0f} ms, more than {asked.load_ms}")


def live(driver, server, asked):
    size(driver, 1280)
    driver.get(server.url + "/")
    time.sleep(1.5)
    took = []
    for _ in range(7):
        before = offset(driver)
        last = server.append(3)
        start = time.monotonic()
        came = until(lambda: offset(driver) > last, 30)
        took.append((time.monotonic() - start) * 1000)
        check(came, f"live: the page stayed at {before}, the log is at {last}")
        # A page is read again once a second at most: each append meets one that waits.
        time.sleep(1.3)
    middle = statistics.median(took)
    print("live: on the page", ", ".join(f"{ms:.0f}" for ms in took), f"ms after the append was acknowledged; median {middle:.0f}")
    check(middle <= asked.live_ms, f"live: {middle:.0f} ms from the append to the page, more than {asked.live_ms}")
    kept(driver, server)
    driver.find_element(By.CSS_SELECTOR, "[data-pause]").click()
    stays = offset(driver)
    server.append(1)
    time.sleep(2)
    check(offset(driver) == stays, "a paused page moved")
    check("paused" in driver.find_element(By.CSS_SELECTOR, ".live").text, "a paused page does not say so")


def kept(driver, server):
    """Who is at a link by the keyboard stays there while numbers change."""
    link = "const a=document.querySelector('main .kpi h3 a,main table a');"
    text = driver.execute_script(link + "a.focus();return a.textContent")
    last = server.append(200, "http.request")
    check(until(lambda: offset(driver) > last, 30), "live: the page does not move under the focus")
    here = driver.execute_script("return document.activeElement.textContent")
    check(here == text, f"live: the focus was on “{text}” and is on “{here[:40]}”")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--varve", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--shots")
    parser.add_argument("--only")
    parser.add_argument("--path", help="of the step pages, this one alone")
    parser.add_argument("--widths", type=lambda text: [int(part) for part in text.split(",")], default=[390, 1280, 1920])
    parser.add_argument("--themes", type=lambda text: text.split(","), default=["light", "dark"])
    parser.add_argument("--events", type=int, default=30_000)
    parser.add_argument("--strict", action="store_true", help="the bounds of an idle machine: loads in 1 s, live in 500 ms")
    parser.add_argument("--load-ms", type=float, default=8_000)
    parser.add_argument("--live-ms", type=float, default=5_000)
    asked = parser.parse_args()
    if asked.strict:
        (asked.load_ms, asked.live_ms) = (1_000, 500)
    axe = open(glob.glob(os.path.join(asked.work, "python/lib/*/site-packages/axe_playwright_python/axe.min.js"))[0]).read()
    if asked.shots:
        os.makedirs(asked.shots, exist_ok=True)
    server = Server(asked.varve, asked.work, asked.events).wait().prepare()
    driver = browser()
    plain = [path for path in PAGES if "never" not in path]
    steps = {
        "pages": lambda: every_page(driver, server, axe, asked), "history": lambda: walks.history(driver, server),
        "keyboard": lambda: walks.keyboard(driver, server), "zoom": lambda: walks.zoom(driver, server),
        "past": lambda: walks.past(driver, server), "forms": lambda: walks.forms(driver, server),
        "script": lambda: walks.without_script(server, plain),
        "people": lambda: walks.people(asked.varve, asked.work, axe, asked.shots, asked.widths, asked.themes),
        "profile": lambda: walks.profile(asked.varve, asked.work), "live": lambda: live(driver, server, asked),
    }
    try:
        for name, step in steps.items():
            if asked.only is None or name in asked.only.split(","):
                print("==", name, flush=True)
                try:
                    step()
                except Exception as fault:  # one step must not hide what the others find
                    check(False, f"{name}: {type(fault).__name__}: {str(fault)[:300]}")
    finally:
        driver.quit()
        server.stop()
    print(f"{len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
