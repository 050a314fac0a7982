"""Real receivers: one alert fires and is resolved; what Alertmanager shows, what the mail server was handed, what sinks were sent."""

import email
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from served import Served, Sink, now, wait

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CERTIFICATE = os.path.join(ROOT, "Fixtures/alerts/smtp-test.pem")
failures = []


def check(holds, what):
    if not holds:
        failures.append(what)
        print("receivers: NOT SO: " + what)


class Mailbox:
    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):
        self.taken.append((time.time(), session.ssl is not None, bool(session.authenticated), envelope))
        return "250 taken"


def mail_server():
    box = Mailbox()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=data.login == b"varve" and data.password == b"secret word")
    controller = Controller(box, hostname="127.0.0.1", port=0, tls_context=context, require_starttls=True, auth_required=True,
                            auth_require_tls=True, authenticator=authenticate)
    # A port of our own choosing: the controller connects to its port once to see that it listens.
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    return box, controller


def alertmanager(folder):
    binary = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if not binary or not shutil.which("amtool"):
        print("NOT RUN: alertmanager (Debian: prometheus-alertmanager)", file=sys.stderr)
        return None, None
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = os.path.join(folder, "am.yml")
    with open(config, "w") as file:
        file.write("route: {receiver: none}\nreceivers: [{name: none}]\n")
    process = subprocess.Popen([binary, "--config.file=" + config, "--storage.path=" + os.path.join(folder, "am"), "--cluster.listen-address=",
                                "--web.listen-address=127.0.0.1:%d" % port], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return process, "http://127.0.0.1:%d" % port


def amtool(url):
    out = subprocess.run(["amtool", "alert", "query", "-o", "json", "--alertmanager.url", url], capture_output=True, text=True)
    return json.loads(out.stdout) if out.returncode == 0 and out.stdout.strip() else None


def main():
    folder = tempfile.mkdtemp(prefix="varve-receivers-")
    box, controller = mail_server()
    manager, manager_url = alertmanager(folder)
    hook, teams, discord, ntfy = Sink(), Sink(), Sink([(204, {})]), Sink()
    slack, pager, mute = Sink([(500, {})]), Sink([(429, {"Retry-After": "1"}), (202, {})]), Sink([(404, {})])
    slow = Sink([(0, {})])
    with open(os.path.join(folder, "password"), "w") as file:
        file.write("secret word\n")
    channels = ["hook", "teams", "discord", "ntfy", "slack", "pager", "mail", "dead", "slow"] + (["manager"] if manager else [])
    settings = """
delivery: {allow_cidrs: [127.0.0.0/8], dashboard_url: "https://varve.example.org/"}
channels:
  hook: {kind: webhook, url: "%s/hook"}
  teams: {kind: teams, url: "%s/teams"}
  discord: {kind: discord, url: "%s/discord"}
  ntfy: {kind: ntfy, url: "%s/topic-a"}
  slack: {kind: slack, url: "%s/slack"}
  pager: {kind: pagerduty, url: "%s/v2/enqueue", key: 0123456789abcdef0123456789abcdef}
  dead: {kind: webhook, url: "%s/gone", fallback: spare}
  spare: {kind: webhook, url: "%s/spare"}
  slow: {kind: webhook, url: "%s/slow"}
  mail: {kind: email, url: "smtp://localhost:%d", user: varve, password_file: %s, ca_file: %s, from: varve@example.org,
         to: [ops@example.org]}
""" % (hook.url, teams.url, discord.url, ntfy.url, slack.url, pager.url, mute.url, hook.url, slow.url, controller.port,
       os.path.join(folder, "password"), CERTIFICATE)
    if manager:
        settings += "  manager: {kind: alertmanager, url: \"%s\"}\n" % manager_url
    rules = """
- {id: errors, name: Errors, condition: {view: requests, column: error_rate, is: ">", window: 20s, by: [path]}, threshold: 0.5,
   severity: critical, no_data: resolve, channels: [%s]}
""" % ", ".join(channels)
    served = Served(folder, settings, rules)
    served.start()
    try:
        wait(20, lambda: served.call("GET", "/api/v1/alerts")[0] == 200)
        time.sleep(3)
        sent = time.time()
        served.post([{"signal": "http.request", "time": now(), "data": {"path": "/a", "status": 500, "duration_ms": 1}}])
        first = wait(15, lambda: [one for one in hook.all() if one[1] == "/hook"])
        check(first, "the webhook is told that it fires")
        delay = first[0][0] - sent if first else None
        check(delay is not None and delay < 5, "within five seconds of the event, not %s" % delay)
        for sink, path in [(teams, "/teams"), (discord, "/discord"), (ntfy, "/")]:
            found = wait(15, lambda: [one for one in sink.all() if one[1] == path])
            check(found and "Errors" in found[0][3], path + " is told")
        if manager:
            shown = wait(15, lambda: amtool(manager_url))
            check(shown and shown[0]["labels"]["alertname"] == "errors" and shown[0]["labels"]["path"] == "/a", "amtool shows the alert")
        mails = wait(15, lambda: box.taken)
        check(mails and mails[0][1] and mails[0][2], "mail comes encrypted, with name and password")
        retried = wait(15, lambda: len(slack.all()) >= 2 and slack.all())
        check(retried and retried[0][2] == retried[1][2] and retried[0][3] == retried[1][3], "after 500 the same is sent again")
        limited = wait(15, lambda: len(pager.all()) >= 2 and pager.all())
        check(limited and limited[1][0] - limited[0][0] > 0.9 and json.loads(limited[0][3])["event_action"] == "trigger",
              "429 is obeyed, and PagerDuty triggered")
        check(wait(15, lambda: [one for one in hook.all() if one[1] == "/spare"]), "what is refused goes to the fallback")
        check(wait(40, lambda: len(slow.all()) >= 2), "who does not answer is asked again")
        # The window is over: it is resolved.
        over = wait(40, lambda: [one for one in hook.all() if '"status":"resolved"' in one[3]])
        check(over, "the webhook is told that it is over")
        check(wait(15, lambda: len(box.taken) >= 2), "so is mail")
        if len(box.taken) >= 2:
            firing, resolved = (email.message_from_bytes(one[3].content) for one in box.taken[:2])
            check(resolved["References"] == firing["Message-ID"] and resolved["In-Reply-To"] == firing["Message-ID"], "one thread")
            check("RESOLVED" in resolved["Subject"] and firing["Subject"] == "[CRITICAL] Errors", "subjects")
        done = wait(15, lambda: [one for one in pager.all() if json.loads(one[3])["event_action"] == "resolve"])
        check(done and json.loads(done[0][3])["dedup_key"] == json.loads(pager.all()[0][3])["dedup_key"], "PagerDuty resolves the same key")
        if manager:
            check(wait(20, lambda: amtool(manager_url) == []), "amtool shows it no more")
    finally:
        check(served.stop() == 0, "the server ends with 0")
        controller.stop()
        if manager:
            manager.kill()
    steps = [event["signal"] for event in served.events("notification.*", system=True)]
    check(steps.count("notification.failed") >= 1 and "notification.retried" in steps, "every attempt is recorded")
    if not failures:
        print("receivers: %d channels, %.1f s from event to webhook: as it should be" % (len(channels), delay))
        shutil.rmtree(folder)
    else:
        print("receivers: kept in " + folder)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
