"""A real browser: headless Chromium, driven by Selenium."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from support.processes import wait_for

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
AVAILABLE = bool(CHROMIUM and DRIVER)
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-device-scale-factor=1",
)


class Browser:
    """One window.

    Attributes:
        driver: Selenium's.
        downloads: where downloads go.
    """

    def __init__(self, downloads: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for switch in SWITCHES:
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        self.downloads = downloads
        allowed = {"behavior": "allow", "downloadPath": str(downloads)}
        self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", allowed)

    def open(self, page: Path | str, width: int = 1160, *, dark: bool = False, fragment: str = "") -> None:
        """Open a page anew."""
        self.driver.set_window_size(width, 1200)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
        self.driver.get("about:blank")
        self.driver.get((page.as_uri() if isinstance(page, Path) else page) + fragment)

    def run(self, script: str, *arguments: object) -> Any:
        """Return what a script in the page returns."""
        return self.driver.execute_script(script, *arguments)

    def press(self, what: str) -> None:
        """Press the button of the live panel that does something."""
        self.run("document.querySelector(`#live [data-do=${arguments[0]}]`).click()", what)

    def text(self, selector: str) -> str:
        return str(self.run("return document.querySelector(arguments[0]).textContent", selector))

    def until(self, met: Callable[[], Any], seconds: float = 30) -> Any:
        """Wait until something is met, and return it."""
        return wait_for(met, seconds)

    def downloaded(self, name: str) -> Path:
        """Wait for a download."""
        path = self.downloads / name
        self.until(lambda: path.exists() and path.stat().st_size)
        return path

    def complaints(self) -> list[str]:
        """Return what the console has said."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Return the addresses that were asked for."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [message["params"] for message in messages if message["method"] == "Network.requestWillBeSent"]
        return [parameters["request"]["url"] for parameters in sent]

    def violations(self) -> list[str]:
        """Return what axe-core finds wrong with the page."""
        import selenium_axe_python

        script = Path(selenium_axe_python.__file__).parent / "axe-core/axe.min.js"
        self.run(script.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const [rules, done] = arguments; axe.run({ rules }).then((found) => done(found.violations.map("
            "(rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).join(' ')}`)))",
            {"target-size": {"enabled": True}},
        )
        return [str(violation) for violation in found]

    def close(self) -> None:
        self.driver.quit()
