"""WebKitGTK on a screen that nobody sees: driven by Selenium, or left alone to hear its console."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from support.processes import wait_for

DRIVER, SCREEN = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
MINI = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)
AVAILABLE = bool(DRIVER and SCREEN and MINI)
SECONDS = 60


@contextmanager
def screen() -> Iterator[None]:
    """Start an X server, and let what is started meanwhile show itself there."""
    number, told = os.pipe()
    command = [str(SCREEN), "-displayfd", str(told), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[told], stderr=subprocess.DEVNULL)
    os.close(told)
    before = os.environ.get("DISPLAY")
    with os.fdopen(number) as display:
        os.environ["DISPLAY"] = f":{display.readline().strip()}"
    try:
        yield
    finally:
        if before is None:
            del os.environ["DISPLAY"]
        else:
            os.environ["DISPLAY"] = before
        server.terminate()
        server.wait(SECONDS)


class WebKit:
    """One window, driven."""

    def __init__(self) -> None:
        options = Options()
        options.binary_location = str(MINI)
        options.add_argument("--automation")
        self.service = Service(DRIVER)
        self.service.start()
        connection = RemoteConnection(client_config=ClientConfig(self.service.service_url))
        self.driver = webdriver.Remote(connection, options=options)

    def open(self, address: str, fragment: str = "") -> None:
        """Open a page anew."""
        self.driver.get("about:blank")
        self.driver.get(address + fragment)

    def run(self, expression: str) -> Any:
        """Return the value of an expression in the page, or of its promise."""
        return self.driver.execute_async_script(f"Promise.resolve({expression}).then(arguments[0])")

    def until(self, met: Callable[[], Any]) -> Any:
        """Wait until something is met, and return it."""
        return wait_for(met, SECONDS)

    def close(self) -> None:
        self.driver.quit()
        self.service.stop()


def console(address: str, last: str) -> list[str]:
    """Open a page without a driver, which would keep the console to itself, and return what it says there.

    Args:
        address: of the page.
        last: the line to wait for.
    """
    command = [str(MINI), "--enable-write-console-messages-to-stdout=true", address]
    said: list[str] = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        late = threading.Timer(SECONDS, process.kill)
        late.start()
        assert process.stderr is not None
        for line in process.stderr:
            if "CONSOLE" in line:
                said.append(line.partition("CONSOLE ")[2].strip())
            if last in line:
                process.terminate()
        late.cancel()
    return said
