"""Headless Firefox, driven over WebDriver BiDi, which it speaks itself (https://w3c.github.io/webdriver-bidi/)."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import websocket

from support.processes import wait_for

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
SECONDS = 60
QUIET = """
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""


class Firefox:
    """One tab.

    Args:
        profile: a folder for its settings.
    """

    def __init__(self, profile: Path) -> None:
        profile.mkdir(parents=True, exist_ok=True)
        (profile / "user.js").write_text(QUIET)
        command = [str(FIREFOX), "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        address = next(
            found[1] for line in self.process.stderr if (found := re.search(r"listening on (ws://\S+)", line))
        )
        self.socket = websocket.create_connection(f"{address}/session", timeout=SECONDS, suppress_origin=True)
        self.numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.tab = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method: str, **parameters: Any) -> Any:
        """Return the result of a command; keep the events that come before it."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == number:
                assert message["type"] == "success", message
                return message["result"]
            self.events.append(message)

    def open(self, address: str, fragment: str = "") -> None:
        """Open a page anew."""
        for url in ("about:blank", address + fragment):
            self.send("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def run(self, expression: str) -> Any:
        """Return the value of an expression in the page, as JSON can hold it."""
        target = {"context": self.tab}
        wrapped = f"(async () => JSON.stringify(await ({expression})))()"
        done = self.send("script.evaluate", expression=wrapped, target=target, awaitPromise=True)
        assert done["type"] == "success", done
        return json.loads(done["result"].get("value", "null"))

    def until(self, met: Callable[[], Any]) -> Any:
        """Wait until something is met, and return it."""
        return wait_for(met, SECONDS)

    def complaints(self) -> list[str]:
        """Return the warnings and errors of the console."""
        logged = [event["params"] for event in self.events if event["method"] == "log.entryAdded"]
        return [entry["text"] for entry in logged if entry["level"] in ("warn", "error")]

    def requests(self) -> list[str]:
        """Return the addresses that were asked for."""
        sent = [event["params"] for event in self.events if event["method"] == "network.beforeRequestSent"]
        return [parameters["request"]["url"] for parameters in sent]

    def close(self) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait(SECONDS)
        self.process.stderr.close()
