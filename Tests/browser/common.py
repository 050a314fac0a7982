"""What the checks of pages share: a served month, a browser, and what failed."""
import json, os, re, shutil, signal, subprocess, time, urllib.error, urllib.parse, urllib.request

from selenium import webdriver

failures = []
# The address of an alert, on the page of alerts.
ALERT = r'href="(/alerts/(?!rules)[^"?]+[^"]*)"'


def check(ok, what):
    if not ok:
        failures.append(what)
        print("FAILED", what, flush=True)


class Server:
    """A month of made-up traffic, served."""

    def __init__(self, varve, work, events, name="data", environment=None, prepare=None):
        self.varve, self.data = varve, os.path.join(work, name)
        if not os.path.exists(os.path.join(self.data, "log")):
            shutil.rmtree(self.data, ignore_errors=True)
            traffic = os.path.join(work, name + ".ndjson")
            end = time.strftime("%Y-%m-%dT%H:00:00Z", time.gmtime())
            with open(traffic, "wb") as out:
                subprocess.run([varve, "generate", "--events", str(events), "--system", "all", "--ids", "--end", end],
                               stdout=out, check=True)
            subprocess.run([varve, "ingest", traffic, "--data", self.data, "--format", "ndjson"], check=True,
                           stdout=subprocess.DEVNULL)
            os.remove(traffic)
        if prepare:
            prepare(self)
        self.process = subprocess.Popen([varve, "serve", "--data", self.data, "--listen", "127.0.0.1:0"],
                                        env=os.environ | (environment or {}), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.url = json.loads(self.process.stdout.readline())["url"]

    def wait(self, seconds=3600):
        """Until the projector has read all."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status = json.load(urllib.request.urlopen(self.url + "/api/v1/status"))
            if status["projectors"] and all(p["behind_events"] == 0 and p["state"] == "running" for p in status["projectors"]):
                return self
            time.sleep(0.5)
        raise SystemExit("the projector does not catch up")

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
        # Ten minutes in which half of the actions are rolled back, for a rule to fire.
        for minute in range(10):
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60 * (9 - minute)))
            for number in range(60):
                name = "optimistic_action." + ["start", "rollback"][number % 2]
                lines.append({"time": at, "signal": name, "component": "PaymentButton"})
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        self.send("POST", "/api/v1/events", body, "application/x-ndjson")
        for _ in range(300):
            try:
                self.send("PATCH", "/api/v1/rules/high_rollback_rate", b'{"enabled": true, "threshold": 0.0001, "by": "test"}')
                self.send("POST", "/api/v1/silences", b'{"matchers": ["rule=queue_backlog"], "for": "2h", "by": "test"}')
                break
            except urllib.error.HTTPError:
                time.sleep(0.2)
        # A rule is evaluated behind the end of a step: events of a later one end it.
        for _ in range(90):
            if self.first("/alerts", ALERT):
                break
            self.append(1)
            time.sleep(1)
        return self

    def get(self, path):
        return urllib.request.urlopen(urllib.request.Request(self.url + path, headers={"Accept": "text/html"})).read().decode()

    def first(self, page, pattern):
        """The first address on a page that a pattern finds; nil for none."""
        found = re.search(pattern, self.get(page))
        return found.group(1).replace("&amp;", "&") if found else None

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
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()


def browser(script=True):
    options = webdriver.ChromeOptions()
    for flag in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"]:
        options.add_argument(flag)
    options.binary_location = shutil.which("chromium") or "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not script:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.set_script_timeout(180)
    driver.set_page_load_timeout(180)
    return driver


def size(driver, width, height=900):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})


def offset(driver):
    return int(driver.execute_script("return document.querySelector('meta[name=varve-offset]').content"))


def query(driver):
    return urllib.parse.parse_qs(urllib.parse.urlparse(driver.current_url).query)


def until(condition, seconds=20):
    """Whether it came to hold."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


def themed(path, theme):
    return path + ("&" if "?" in path else "?") + "theme=" + theme


AXE = ("const done=arguments[0];axe.run(document,{runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']})"
       ".then(r=>done(r.violations.map(v=>v.id+': '+v.nodes.slice(0,3).map(n=>n.target+' '+n.html.slice(0,90)).join(' | '))))")

# Texts of one drawing that lie upon each other, texts beside the window, and words that a box cuts off.
SEEN = """const bad=[],seen=e=>{const r=e.getBoundingClientRect();return r.width>0&&r.height>0&&getComputedStyle(e).display!=='none'};
for(const svg of document.querySelectorAll('svg.plot,svg.map')){const all=[...svg.querySelectorAll('text')].filter(seen);
const boxes=all.map(t=>t.getBoundingClientRect());boxes.forEach((a,i)=>{if(a.right>innerWidth+1||a.left<-1)
bad.push(`“${all[i].textContent}” leaves the window`);
for(let j=i+1;j<boxes.length;j++){const b=boxes[j];const w=Math.min(a.right,b.right)-Math.max(a.left,b.left),
h=Math.min(a.bottom,b.bottom)-Math.max(a.top,b.top);if(w>1&&h>4)
bad.push(`“${all[i].textContent}” lies on “${all[j].textContent}”`)}})}
for(const e of document.querySelectorAll('main *,header *,nav *')){const s=getComputedStyle(e);
if(s.overflowX==='hidden'&&e.clientWidth>1&&e.scrollWidth>e.clientWidth+1&&!e.closest('.vh')&&e.checkVisibility()&&!e.closest('svg'))
bad.push(`cut off: ${e.className} ${e.textContent.slice(0,40)}`)}
return bad.slice(0,4)"""


def look(driver, axe, where):
    """What anybody would see, and what axe finds, on the page that the browser has."""
    wide = driver.execute_script("return document.documentElement.scrollWidth-document.documentElement.clientWidth")
    check(wide <= 0, f"{where}: {wide} px wider than the window")
    noise = [entry["message"] for entry in driver.get_log("browser")
             if entry["level"] == "SEVERE" and "status of 4" not in entry["message"]]
    check(not noise, f"{where}: {noise[:2]}")
    bad = driver.execute_script(SEEN)
    check(not bad, f"{where}: {bad}")
    driver.execute_script(axe)
    found = driver.execute_async_script(AXE)
    check(not found, f"{where}: axe {found}")
