"""Every page of a served month, in a browser: axe, overflow, both themes, three widths, live, history, keys, zoom, no script."""
import argparse, glob, json, os, shutil, signal, subprocess, sys, time, urllib.error, urllib.parse, urllib.request

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

PAGES = ["/", "/monitoring", "/explore", "/explore?view=rollback_rate&by=component&from=now-7d", "/resilience", "/analytics",
         "/operations", "/business", "/errors", "/sessions", "/events", "/system", "/views", "/views/rollback_rate",
         "/views/sessions", "/log", "/?at=15000", "/explore?where=foo", "/?from=never",
         "/alerts", "/alerts?state=inactive", "/alerts/rules", "/alerts/rules/high_rollback_rate?from=now-7d&sweep=1",
         "/alerts/rules/high_rollback_rate?threshold=x", "/alerts/nobody", "/incidents", "/incidents/inc-1", "/traces",
         "/traces/4bf92f3577b34da6a3ce929d0e0e4736", "/settings", "/alerts?at=15000", "/traces?at=15000"]
WIDTHS = [390, 1280, 1920]
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print("FAILED", what, flush=True)


class Server:
    """A month of made-up traffic, served."""

    def __init__(self, varve, work, events):
        self.varve, self.data = varve, os.path.join(work, "data")
        if not os.path.exists(os.path.join(self.data, "log")):
            shutil.rmtree(self.data, ignore_errors=True)
            traffic = os.path.join(work, "month.ndjson")
            end = time.strftime("%Y-%m-%dT%H:00:00Z", time.gmtime())
            with open(traffic, "wb") as out:
                subprocess.run([varve, "generate", "--events", str(events), "--system", "all", "--ids", "--end", end],
                               stdout=out, check=True)
            subprocess.run([varve, "ingest", traffic, "--data", self.data, "--format", "ndjson"], check=True,
                           stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen([varve, "serve", "--data", self.data, "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.url = json.loads(self.process.stdout.readline())["url"]
        while True:  # until the projector has read all
            status = json.load(urllib.request.urlopen(self.url + "/api/v1/status"))
            if status["projectors"] and all(p["behind_events"] == 0 and p["state"] == "running" for p in status["projectors"]):
                return
            time.sleep(0.5)

    def prepare(self):
        """A rule that is on, a silence, a trace, an incident: something for their pages."""
        now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        trace, lines = "4bf92f3577b34da6a3ce929d0e0e4736", []
        for number, (name, service, parent, start, length, status) in enumerate([
                ("GET /pay", "web", "", 0, 400, "error"), ("charge", "payments", "s0", 20, 340, "error"),
                ("SELECT seats", "postgres", "s1", 30, 60, "ok"), ("POST /charges", "gateway", "s1", 100, 240, "error"),
                ("publish", "queue", "gone", 380, 10, "ok")]):
            data = {"trace_id": trace, "span_id": f"s{number}", "parent_id": parent, "name": name, "duration_ms": length,
                    "kind": "client" if number else "server", "status": status, "peer": ["", "payments", "db", "psp", "bus"][number]}
            lines.append({"time": f"{now}.{start:03d}Z", "signal": "otel.span", "component": service, "data": data})
        for status, title in [("opened", "Payments roll back"), ("updated", None)]:
            data = {"incident_id": "inc-1", "status": "open" if title else "investigating", "severity": "critical"}
            lines.append({"time": now + "Z", "signal": "incident." + status, "data": data | ({"title": title} if title else {})})
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        self.send("POST", "/api/v1/events", body, "application/x-ndjson")
        for _ in range(100):
            try:
                self.send("PATCH", "/api/v1/rules/high_rollback_rate", b'{"enabled": true, "by": "test"}')
                self.send("POST", "/api/v1/silences", b'{"matchers": ["rule=queue_backlog"], "for": "2h", "by": "test"}')
                return
            except urllib.error.HTTPError:
                time.sleep(0.2)

    def send(self, method, path, body, kind="application/json"):
        request = urllib.request.Request(self.url + path, body, {"Content-Type": kind}, method=method)
        return urllib.request.urlopen(request).read()

    def append(self, count=1, signal_name="browser.test"):
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        lines = "".join(json.dumps({"time": now, "signal": signal_name, "component": "me", "n": i}) + "\n" for i in range(count))
        request = urllib.request.Request(self.url + "/api/v1/events", lines.encode(), {"Content-Type": "application/x-ndjson"})
        return json.load(urllib.request.urlopen(request))["last_offset"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def browser(script=True):
    options = webdriver.ChromeOptions()
    for flag in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"]:
        options.add_argument(flag)
    options.binary_location = shutil.which("chromium") or "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not script:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))


def size(driver, width, height=900):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})


def themed(path, theme):
    return path + ("&" if "?" in path else "?") + "theme=" + theme


def name_of(path):
    return urllib.parse.quote(path.strip("/") or "overview", safe="").replace("%", "_")


def every_page(driver, server, axe, shots):
    slowest = (0, "")
    for path in PAGES:
        for theme in ["light", "dark"]:
            for width in WIDTHS:
                where = f"{path} {theme} {width}"
                size(driver, width)
                driver.get(server.url + themed(path, theme))
                timing = driver.execute_script(
                    "const t=performance.getEntriesByType('navigation')[0];return [t.loadEventEnd-t.startTime,"
                    "t.responseEnd-t.startTime,t.decodedBodySize,document.querySelectorAll('*').length]")
                slowest = max(slowest, (timing[0], where))
                check(timing[2] < 100_000, f"{where}: {timing[2]} bytes")
                wide = driver.execute_script("return document.documentElement.scrollWidth-document.documentElement.clientWidth")
                check(wide <= 0, f"{where}: {wide} px wider than the window")
                noise = [entry["message"] for entry in driver.get_log("browser")
                         if entry["level"] == "SEVERE" and "status of 4" not in entry["message"]]
                check(not noise, f"{where}: {noise[:2]}")
                driver.execute_script(axe)
                found = driver.execute_async_script(
                    "const done=arguments[0];axe.run(document,{runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']})"
                    ".then(r=>done(r.violations.map(v=>v.id+': '+v.nodes.slice(0,3).map(n=>n.target+' '+n.html.slice(0,90))"
                    ".join(' | '))))")
                check(not found, f"{where}: axe {found}")
                if shots:
                    tall = driver.execute_script("return Math.min(5000,document.documentElement.scrollHeight)")
                    size(driver, width, tall)
                    driver.save_screenshot(os.path.join(shots, f"{name_of(path)}-{width}-{theme}.png"))
    print(f"{len(PAGES) * 6} loads, the slowest {slowest[0]:.0f} ms: {slowest[1]}")


def live(driver, server):
    size(driver, 1280)
    driver.get(server.url + "/")
    time.sleep(1.5)
    before = offset(driver)
    last = server.append(3)
    start = time.monotonic()
    while offset(driver) <= last and time.monotonic() - start < 15:
        time.sleep(0.02)
    took = time.monotonic() - start
    check(offset(driver) > last, f"live: the page stayed at {before}, the log is at {last}")
    print(f"live: on the page {took * 1000:.0f} ms after the append was acknowledged")
    driver.find_element(By.CSS_SELECTOR, "[data-pause]").click()
    stays = offset(driver)
    server.append(1)
    time.sleep(2)
    check(offset(driver) == stays, "a paused page moved")
    check("paused" in driver.find_element(By.CSS_SELECTOR, ".live").text, "a paused page does not say so")


def offset(driver):
    return int(driver.execute_script("return document.querySelector('meta[name=varve-offset]').content"))


def history(driver, server):
    size(driver, 1280)
    driver.get(server.url + "/explore?view=rollback_rate&from=now-7d")
    driver.find_element(By.CSS_SELECTOR, "[data-range='24 h']").click()
    check("from=now-24h" in driver.current_url and "view=rollback_rate" in driver.current_url, "a range drops the view")
    driver.back()
    check("from=now-7d" in driver.current_url, "back does not go back")
    driver.forward()
    check("from=now-24h" in driver.current_url, "forward does not go forward")
    driver.find_element(By.CSS_SELECTOR, ".dvr button").click()
    check("at=" in driver.current_url and "view=rollback_rate" in driver.current_url, "the time machine drops the view")
    check(driver.find_elements(By.CSS_SELECTOR, ".pastbar"), "a past page has no banner")
    driver.find_element(By.CSS_SELECTOR, "[data-now]").click()
    check("at=" not in driver.current_url and "view=rollback_rate" in driver.current_url, "now drops the view, or stays past")


def keyboard(driver, server):
    size(driver, 1280)
    driver.get(server.url + "/?from=now-6h")
    body = driver.find_element(By.TAG_NAME, "body")
    body.send_keys("?")
    check(driver.execute_script("return document.querySelector('dialog')?.open"), "? shows no keys")
    driver.find_element(By.CSS_SELECTOR, "dialog button:last-of-type").click()
    body.send_keys("w")
    check("from=now-7d" in driver.current_url, "w is not a week")
    driver.find_element(By.TAG_NAME, "body").send_keys("g")
    driver.find_element(By.TAG_NAME, "body").send_keys("e")
    check("/explore" in driver.current_url and "from=now-7d" in driver.current_url, "g e does not go to explore with the range")
    driver.get(server.url + "/")
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    check(driver.switch_to.active_element.get_attribute("class") == "skip", "the first tab is not the skip link")


def zoom(driver, server):
    size(driver, 1280)
    driver.get(server.url + "/explore?view=volume&from=now-7d")
    plot = driver.find_element(By.CSS_SELECTOR, "figure .plot")
    actions = webdriver.ActionChains(driver)
    actions.move_to_element_with_offset(plot, -100, 0).click_and_hold().move_by_offset(80, 0).move_by_offset(60, 0).release()
    actions.perform()
    time.sleep(1)
    query = urllib.parse.parse_qs(urllib.parse.urlparse(driver.current_url).query)
    check(query.get("from", [""])[0].startswith("2") and query.get("view") == ["volume"], f"drag does not zoom: {query}")


def forms(driver, server, note="The gateway answers late"):
    size(driver, 1280)
    driver.get(server.url + "/incidents")
    driver.find_element(By.ID, "i-title").send_keys("Opened by a browser")
    driver.find_element(By.CSS_SELECTOR, "form[method=post][action='/incidents'] button").click()
    check("/incidents/inc-" in driver.current_url, f"an incident is not opened: {driver.current_url}")
    driver.find_element(By.ID, "n-text").send_keys(note)
    driver.find_element(By.CSS_SELECTOR, "form[action$='/notes'] button").click()
    check(note in driver.find_element(By.TAG_NAME, "main").text, "the note is not on the page")
    driver.get(server.url + "/alerts/rules/high_rollback_rate?theme=dark")
    field = driver.find_element(By.ID, "r-threshold")
    field.clear()
    field.send_keys("0.01")
    driver.find_element(By.CSS_SELECTOR, "form[data-filter] button").click()
    check("threshold=0.01" in driver.current_url and "theme=dark" in driver.current_url, "a trial is no address")
    check("would" in driver.find_element(By.ID, "test").text, "a trial says nothing")
    driver.get(server.url + "/settings")
    check("Tokens" in driver.find_element(By.TAG_NAME, "main").text, "the settings have no tokens")


def without_script(server):
    driver = browser(script=False)
    size(driver, 1280)
    try:
        for path in PAGES[:4] + ["/alerts", "/incidents/inc-1", "/traces", "/traces/4bf92f3577b34da6a3ce929d0e0e4736"]:
            driver.get(server.url + path)
            main = driver.find_element(By.TAG_NAME, "main")
            check(len(main.text) > 200, f"without script {path} is empty")
        driver.get(server.url + "/explore?view=volume&at=15000")
        driver.find_element(By.CSS_SELECTOR, "form[data-filter] button.p").click()
        check("at=15000" in driver.current_url, "without script a form drops the moment")
        driver.get(server.url + "/incidents/inc-1")
        driver.find_element(By.ID, "n-text").send_keys("Written without script")
        driver.find_element(By.CSS_SELECTOR, "form[action$='/notes'] button").click()
        check("Written without script" in driver.find_element(By.TAG_NAME, "main").text, "without script no note is taken")
        check(not driver.find_element(By.CSS_SELECTOR, "[data-keys]").is_displayed(),
              "without script a button without use is shown")
    finally:
        driver.quit()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--varve", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--shots")
    parser.add_argument("--only")
    parser.add_argument("--events", type=int, default=30_000)
    asked = parser.parse_args()
    axe = open(glob.glob(os.path.join(asked.work, "python/lib/*/site-packages/axe_playwright_python/axe.min.js"))[0]).read()
    if asked.shots:
        os.makedirs(asked.shots, exist_ok=True)
    server = Server(asked.varve, asked.work, asked.events)
    server.prepare()
    driver = browser()
    driver.set_script_timeout(60)
    steps = {
        "pages": lambda: every_page(driver, server, axe, asked.shots), "history": lambda: history(driver, server),
        "keyboard": lambda: keyboard(driver, server), "zoom": lambda: zoom(driver, server),
        "forms": lambda: forms(driver, server), "script": lambda: without_script(server), "live": lambda: live(driver, server),
    }
    try:
        for name, step in steps.items():
            if asked.only in (None, name):
                print("==", name, flush=True)
                step()
    finally:
        driver.quit()
        server.stop()
    print(f"{len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
