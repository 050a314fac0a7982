"""Ways through the pages: history, keys, charts by keys and by hand, the past, forms, who may what, a profile, no script."""
import os, subprocess, time, urllib.parse

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from common import Server, browser, check, look, offset, query, size, themed, until


def one(driver, selector):
    return driver.find_element(By.CSS_SELECTOR, selector)


def press(driver, *keys):
    driver.switch_to.active_element.send_keys(*keys)


def history(driver, server):
    size(driver, 1280)
    driver.get(server.url + "/explore?view=rollback_rate&from=now-7d")
    one(driver, "[data-range='24 h']").click()
    check("from=now-24h" in driver.current_url and "view=rollback_rate" in driver.current_url, "a range drops the view")
    driver.back()
    check("from=now-7d" in driver.current_url, "back does not go back")
    driver.forward()
    check("from=now-24h" in driver.current_url, "forward does not go forward")
    one(driver, ".dvr button").click()
    check("at=" in driver.current_url and "view=rollback_rate" in driver.current_url, "the time machine drops the view")
    check(driver.find_elements(By.CSS_SELECTOR, ".pastbar"), "a past page has no banner")
    one(driver, "[data-now]").click()
    check("at=" not in driver.current_url and "view=rollback_rate" in driver.current_url, "now drops the view, or stays past")
    driver.back()
    check("at=" in driver.current_url and driver.find_elements(By.CSS_SELECTOR, ".pastbar"), "back does not lead to the past")


def keyboard(driver, server):
    size(driver, 1280)
    driver.get(server.url + "/?from=now-6h")
    press(driver, "?")
    check(driver.execute_script("return document.querySelector('dialog')?.open"), "? shows no keys")
    one(driver, "dialog button:last-of-type").click()
    one(driver, "body").send_keys("w")
    check(until(lambda: "from=now-7d" in driver.current_url), "w is not a week")
    one(driver, "body").send_keys("g")
    one(driver, "body").send_keys("e")
    check(until(lambda: "/explore" in driver.current_url and "from=now-7d" in driver.current_url), "g e drops the range")
    for path in ["/", "/alerts", "/incidents/inc-1", "/explore?view=volume", "/settings"]:
        tabs(driver, server, path)


def tabs(driver, server, path):
    """Everything that can be used is reached by Tab, in the order of the page, and is seen to be where one is."""
    driver.get(server.url + path)
    wanted = driver.execute_script(
        "return [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex=\"0\"]')]"
        ".filter(e=>e.checkVisibility()&&!e.disabled&&e.tabIndex>=0&&!(e.type==='radio'&&!e.checked)).length")
    one(driver, "[data-pause]").click()
    driver.execute_script("document.activeElement.blur();window.scrollTo(0,0)")
    first, reached, last = None, 0, None
    for _ in range(wanted + 3):
        one(driver, "body").send_keys(Keys.TAB) if first is None else press(driver, Keys.TAB)
        here = driver.execute_script(
            "const e=document.activeElement,s=getComputedStyle(e),r=e.getBoundingClientRect();if(e===document.body)return null;"
            "e.dataset.been=(+e.dataset.been||0)+1;return [e.className.baseVal??e.className,+e.dataset.been,"
            "s.outlineStyle!=='none'&&parseFloat(s.outlineWidth)>=2||e.matches('input[type=range]'),"
            "r.bottom>0&&r.top<innerHeight,e.outerHTML.slice(0,80)]")
        if here is None or here[1] > 1:
            break
        first = first or here[0]
        reached += 1
        check(here[2], f"{path}: the focus is not seen on {here[4]}")
        check(here[3], f"{path}: the focus is outside of the window on {here[4]}")
    check(first == "skip", f"{path}: the first tab is not the skip link but {first}")
    # The browser itself takes a scrolled region into the order, so there may be more.
    check(reached >= wanted - 1, f"{path}: Tab reaches {reached} of {wanted}")


def zoom(driver, server):
    size(driver, 1280)
    address = server.url + "/explore?view=volume&from=now-7d"
    driver.get(address)
    plot = one(driver, "figure .plot")
    actions = webdriver.ActionChains(driver)
    actions.move_to_element_with_offset(plot, -100, 0).click_and_hold().move_by_offset(80, 0).move_by_offset(60, 0).release()
    actions.perform()
    check(until(lambda: query(driver).get("from", [""])[0].startswith("2")), f"drag does not zoom: {driver.current_url}")
    check(query(driver).get("view") == ["volume"], "drag drops the view")
    driver.back()
    check("from=now-7d" in driver.current_url, "back does not undo a zoom")
    one(driver, "body").send_keys("z")
    check(until(lambda: query(driver).get("from", [""])[0].startswith("2")), "z does not zoom out")
    driver.get(address)
    driver.execute_script("document.querySelector('figure .plot').focus()")
    press(driver, Keys.ARROW_LEFT)
    check("·" in one(driver, "figure .tip").text, "an arrow on a chart tells no value")
    check(driver.current_url == address, "an arrow on a chart shifts the page")
    for _ in range(5):
        webdriver.ActionChains(driver).key_down(Keys.SHIFT).send_keys(Keys.ARROW_LEFT).key_up(Keys.SHIFT).perform()
    press(driver, Keys.ENTER)
    check(until(lambda: query(driver).get("from", [""])[0].startswith("2")), "Enter on a selection does not zoom")
    driver.get(address)
    driver.execute_script(
        "const c=HTMLAnchorElement.prototype.click;window.saved=null;HTMLAnchorElement.prototype.click=function(){"
        "fetch(this.href).then(r=>r.arrayBuffer()).then(b=>{window.saved=[this.download,b.byteLength,"
        "new Uint8Array(b).slice(1,4).join(' ')]})}")
    one(driver, "figure .lkb").click()
    check(until(lambda: driver.execute_script("return window.saved")), "a chart gives no PNG")
    saved = driver.execute_script("return window.saved")
    check(saved and saved[0].endswith(".png") and saved[1] > 2_000 and saved[2] == "80 78 71", f"a PNG is none: {saved}")


def past(driver, server):
    """The time machine: one offset for the whole page, event by event, played, and back."""
    size(driver, 1280)
    driver.get(server.url + "/?at=15000&from=now-6h")
    check(offset(driver) == 15_000 and "known" in one(driver, ".pastbar").text, "a past page does not say which past")
    check("Past" in driver.title, f"a past page is called {driver.title}")
    check(not driver.find_elements(By.CSS_SELECTOR, "main form[method=post]"), "the past can be changed")
    one(driver, "body").send_keys("]")
    check(until(lambda: offset(driver) == 15_001), "] is not the next event")
    one(driver, "body").send_keys("[")
    check(until(lambda: offset(driver) == 15_000), "[ is not the event before")
    check(query(driver).get("from") == ["now-6h"], "an event drops the range")
    one(driver, "[data-play]").click()
    check(until(lambda: offset(driver) > 15_001, 60), "the past does not play")
    driver.execute_script("sessionStorage.removeItem('varve-play')")
    time.sleep(1.5)
    driver.get(server.url + "/monitoring?at=14000")
    driver.execute_script("document.querySelector('#at').focus()")
    press(driver, Keys.HOME)
    press(driver, Keys.ARROW_RIGHT)
    check("offset 1" in one(driver, "#at").get_attribute("aria-valuetext"), "the slider does not say where it is")
    one(driver, ".dvr button").click()
    check(until(lambda: offset(driver) == 1), "the slider does not lead to its moment")
    driver.back()
    check(until(lambda: offset(driver) == 14_000), "back does not lead to the moment before")
    one(driver, "body").send_keys("n")
    check(until(lambda: "at=" not in driver.current_url), "n is not now")


def forms(driver, server, note="The gateway answers late"):
    size(driver, 1280)
    driver.get(server.url + "/incidents")
    driver.find_element(By.ID, "i-title").send_keys("Opened by a browser")
    one(driver, "form[method=post][action='/incidents'] button").click()
    check("/incidents/inc-" in driver.current_url, f"an incident is not opened: {driver.current_url}")
    driver.find_element(By.ID, "n-text").send_keys(note)
    one(driver, "form[action$='/notes'] button").click()
    check(note in one(driver, "main").text, "the note is not on the page")
    driver.get(server.url + "/alerts/rules/high_rollback_rate?theme=dark")
    field = driver.find_element(By.ID, "r-threshold")
    field.clear()
    field.send_keys("0.01")
    one(driver, "form[data-filter] button").click()
    check("threshold=0.01" in driver.current_url and "theme=dark" in driver.current_url, "a trial is no address")
    check("would" in driver.find_element(By.ID, "test").text, "a trial says nothing")
    check(driver.find_element(By.ID, "w-threshold").get_attribute("value") == "0.01", "what was tried cannot be saved")
    driver.get(server.url + "/settings")
    check("Tokens" in one(driver, "main").text, "the settings have no tokens")


def without_script(server, pages):
    driver = browser(script=False)
    size(driver, 1280)
    try:
        for path in pages:
            driver.get(server.url + path)
            main = one(driver, "main")
            check(len(main.text) > 60, f"without script {path} is empty")
        driver.get(server.url + "/explore?view=volume&at=15000")
        one(driver, "form[data-filter] button.p").click()
        check("at=15000" in driver.current_url, "without script a form drops the moment")
        driver.get(server.url + "/incidents/inc-1")
        driver.find_element(By.ID, "n-text").send_keys("Written without script")
        one(driver, "form[action$='/notes'] button").click()
        check("Written without script" in one(driver, "main").text, "without script no note is taken")
        check(not one(driver, "[data-keys]").is_displayed(), "without script a button without use is shown")
    finally:
        driver.quit()


def people(varve, work, axe, shots, widths, themes):
    """Logging in, wrongly too; what a viewer may not; the account's page; logging out."""
    secret = os.path.join(work, "password")
    with open(secret, "w") as out:
        out.write("correct horse battery\n")

    def users(server):
        for name, role in [("vera", "viewer"), ("adam", "admin")]:
            subprocess.run([varve, "user", "add", name, "--role", role, "--password-file", secret, "--data", server.data],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    server = Server(varve, work, 500, "people", prepare=users)
    driver = browser()
    try:
        def login(name, password):
            driver.get(server.url + "/settings")
            driver.find_element(By.ID, "name").send_keys(name)
            driver.find_element(By.ID, "password").send_keys(password)
            one(driver, "form[action='/login'] button").click()

        size(driver, 1280)
        driver.get(server.url + "/settings")
        check("/login" in driver.current_url, f"a page is shown to nobody: {driver.current_url}")
        login("vera", "wrong")
        check(driver.find_elements(By.CSS_SELECTOR, "[role=alert]") and "/login" in driver.current_url, "a wrong password enters")
        every(driver, server, axe, shots, widths, themes, ["/login"])
        size(driver, 1280)
        login("vera", "correct horse battery")
        check(driver.current_url.endswith("/settings"), f"after the login it goes on at {driver.current_url}")
        text = one(driver, "main").text
        check("needs the right admin" in text and not driver.find_elements(By.ID, "k-name"), "a viewer makes tokens")
        driver.get(server.url + "/alerts/rules/high_error_rate")
        check(not driver.find_elements(By.CSS_SELECTOR, "main form[method=post]"), "a viewer sets rules")
        every(driver, server, axe, shots, widths, themes, ["/account"])
        size(driver, 1280)
        driver.get(server.url + "/account")
        driver.find_elements(By.CSS_SELECTOR, "form[action='/logout'] button")[0].click()
        driver.get(server.url + "/")
        check("/login" in driver.current_url, "who has logged out reads on")
        login("adam", "correct horse battery")
        check(driver.find_elements(By.ID, "k-name"), "an admin makes no tokens")
    finally:
        driver.quit()
        server.stop()


def every(driver, server, axe, shots, widths, themes, paths):
    for path in paths:
        for theme in themes:
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
            for width in widths:
                size(driver, width)
                driver.get(server.url + path)
                look(driver, axe, f"{path} {theme} {width}")
                if shots:
                    driver.save_screenshot(os.path.join(shots, f"{path.strip('/')}-{width}-{theme}.png"))
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def profile(varve, work):
    """The chatbot's profile: no page of alerts, and no way to one."""
    server = Server(varve, work, 500, "profile", {"VARVE_SERVE_PROFILE": "chatbot", "VARVE_SERVE_HIDE": "/traces"})
    driver = browser()
    try:
        size(driver, 1280)
        driver.get(server.url + "/")
        names = [link.text for link in driver.find_elements(By.CSS_SELECTOR, "nav a")]
        check("Monitoring" in names and not {"Alerts", "Errors", "Business", "Traces"} & set(names), f"the profile shows {names}")
        for path in ["/alerts", "/errors", "/business", "/traces"]:
            driver.get(server.url + path)
            check("no page" in one(driver, "main").text, f"the profile has {path}")
    finally:
        driver.quit()
        server.stop()
