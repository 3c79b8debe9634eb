"""`artgan gallery`: pages written anew, and served to this machine alone."""

import http.client
import re
import socket
import subprocess
import sys
import threading

import pytest
from support.browser import AVAILABLE
from support.processes import SMALL, wait_for

from artgan.gallery.run_controls import RunControls
from artgan.gallery.server import LOOPBACK, MOST_CONNECTIONS, TOKEN, GalleryServer


@pytest.fixture
def served(tmp_path):
    """A server of a small gallery, beside which a run is trained, or so it seems."""
    root = tmp_path / "gallery"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("hung here")
    (root / "assets/style.css").write_text("body {}")
    (root / ".hidden").write_text("hidden")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "out.txt").symlink_to(tmp_path / "secret.txt")
    (root / ".git").mkdir()
    (root / ".git/config").write_text("secret")
    for name in ("index.html", "index.htm"):
        folder = root / f"linked-{name}"
        folder.mkdir()
        (folder / name).symlink_to(tmp_path / "secret.txt")
    (root / "bars").mkdir()
    (root / "bars/progress.js").write_text('artganProgress({"state": "training", "title": "Bars"});\n')
    for name in ("bars", "apart"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "recipe.toml").write_text("")
    with GalleryServer(root, 0) as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        assert running.server_address[0] == LOOPBACK
        yield running
        running.shutdown()


@pytest.fixture
def ask(served):
    """Return status, type and body of what a server of a small gallery answers."""

    def call(path, method="GET", headers=None):
        connection = http.client.HTTPConnection(LOOPBACK, served.server_port, timeout=120)
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.getheader("Content-Type"), body

    return call


def test_the_gallery_is_served(ask):
    assert ask("/") == (200, "text/html", b"hung here")
    assert ask("/assets/style.css")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/out.txt",
        "/linked-index.html/",
        "/linked-index.htm/",
        "/.hidden",
        "/%2ehidden",
        "/%2Egit/config",
        "/assets/",
        "/x",
    ],
)
def test_nothing_else_is(ask, path):
    status, _, body = ask(path)
    assert status == 404
    assert b"secret" not in body.replace(path.encode(), b"")


@pytest.mark.parametrize(("method", "status"), [("POST", 403), ("PUT", 501), ("DELETE", 501)])
def test_nothing_can_be_changed(ask, method, status):
    assert ask("/index.html", method)[0] == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "", "127.0.0.1:{port}.evil.example"]
)
def test_who_asks_by_another_name_is_refused_though_it_leads_here(ask, served, method, host):
    headers = {"Host": host.format(port=served.server_port), TOKEN: served.token}
    status, _, body = ask("/bars/stop" if method == "POST" else "/", method, headers)
    assert status == 421
    assert b"hung here" not in body


def test_it_is_called_localhost_too(ask, served):
    assert ask("/", headers={"Host": f"localhost:{served.server_port}"})[0] == 200


@pytest.fixture
def stop_asked(tmp_path):
    return tmp_path / "runs/bars/stop"


def test_with_the_token_of_the_link_a_run_is_asked_to_stop(ask, served, stop_asked):
    token = served.link.partition("#token=")[2]
    status, kind, body = ask("/bars/stop", "POST", {TOKEN: token, "Origin": served.url.rstrip("/")})
    assert (status, kind, body) == (200, "text/plain; charset=utf-8", b"It takes its last step, and is saved.")
    assert stop_asked.exists()


@pytest.mark.parametrize("act", ["stop", "go-on"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {TOKEN: ""},
        {TOKEN: "old"},
        {TOKEN: "\u00e9"},
        {TOKEN: "{token}", "Origin": "http://evil.example"},
        {TOKEN: "{token}", "Origin": "null"},
        {TOKEN: "{token}", "Origin": "http://127.0.0.1:1"},
        {"Cookie": "{token}", "Authorization": "{token}"},
    ],
)
def test_without_it_or_from_elsewhere_nothing_is_done(ask, served, stop_asked, act, headers):
    given = {name: value.format(token=served.token).encode("latin-1") for name, value in headers.items()}
    assert ask(f"/bars/{act}", "POST", given)[0] == 403
    assert not stop_asked.exists()


def test_other_pages_are_not_told_that_they_may_ask(ask):
    assert ask("/bars/stop", "OPTIONS", {"Origin": "http://evil.example"})[0] == 501


@pytest.mark.parametrize("name", ["apart", "nobody", "..", "%2e%2e", "bars/..", "", ".hidden"])
def test_what_is_no_run_that_trains_is_refused_in_a_line(ask, served, tmp_path, name):
    status, _, body = ask(f"/{name}/stop", "POST", {TOKEN: served.token})
    assert (status, body) == (409, b"no run of that name is trained beside this gallery")
    assert not list(tmp_path.rglob("stop"))


def test_a_run_that_cannot_go_on_says_why(ask, served):
    status, _, body = ask("/bars/go-on", "POST", {TOKEN: served.token})
    assert status == 409
    assert b"recipe" in body
    assert b"\n" not in body


def test_a_run_goes_on_with_the_plugins_that_the_server_was_given(ask, served, tmp_path):
    own = tmp_path / "own.py"
    own.write_text("import pathlib; pathlib.Path(__file__).with_suffix('.loaded').touch()")
    served.controls = RunControls(tmp_path / "gallery", [own])
    assert ask("/bars/go-on", "POST", {TOKEN: served.token})[0] == 409  # of the run that only seems to be one
    assert own.with_suffix(".loaded").exists()


@pytest.mark.slow
def test_many_who_say_nothing_are_let_go_and_those_who_ask_are_answered(ask, served):
    before = threading.active_count()
    silent = [socket.create_connection((LOOPBACK, served.server_port)) for _ in range(400)]
    wait_for(lambda: threading.active_count() > before)
    assert threading.active_count() <= before + MOST_CONNECTIONS
    assert wait_for(lambda: answered(ask)) == 200
    for each in silent:
        each.close()


def answered(ask):
    try:
        return ask("/")[0]
    except OSError:
        return None


@pytest.fixture
def training(pictures, tmp_path):
    """A process that trains the run ``bars`` for a long time, and one that serves the gallery, with its link."""
    longer = (*SMALL, "--steps", "100000", "--name", "bars", "--set", "training.snapshots=20")
    command = [sys.executable, "-m", "artgan"]
    running = subprocess.Popen([*command, "run", pictures, *longer], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    wait_for((tmp_path / "gallery/index.html").exists, 120)
    serving = subprocess.Popen(
        [*command, "gallery", "serve", "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    yield running, serving.stdout.readline().strip()
    for process in (running, serving):
        process.terminate()  # what is started in the background ignores Ctrl-C
        process.communicate(timeout=60)


@pytest.mark.slow
@pytest.mark.skipif(not AVAILABLE, reason="no Chromium with its driver on this machine")
def test_a_run_is_watched_stopped_and_continued_from_its_served_page(training, browser, tmp_path):
    running, link = training
    browser.complaints()

    # Without the token, it only shows.
    browser.open(link.partition("#")[0] + "bars/")
    browser.until(lambda: "It learns" in browser.text(".state"))
    assert browser.run("return document.querySelector('.acts').hidden")
    assert browser.complaints() == []

    # With it, the front page leads to one that does more.
    browser.open(link)
    browser.run("document.querySelector('[aria-labelledby=training] a').click()")
    browser.until(lambda: "It learns" in browser.text(".state"))
    step = browser.text(".facts")
    browser.until(lambda: browser.text(".facts") != step)

    # Many connections that say nothing do not hold it up.
    port = int(re.search(r":(\d+)/", link)[1])
    silent = [socket.create_connection((LOOPBACK, port)) for _ in range(1000)]
    step = progress(tmp_path)
    wait_for(lambda: progress(tmp_path) > step)
    for each in silent:
        each.close()

    browser.until(lambda: "It learns" in browser.text(".state"))
    press(browser, "stop")
    assert running.wait(60) == 130
    browser.until(lambda: "It was stopped at step" in browser.text(".state"))
    stopped_at = progress(tmp_path)
    press(browser, "go-on")
    browser.until(lambda: "It learns" in browser.text(".state"), 120)
    wait_for(lambda: progress(tmp_path) > stopped_at)
    press(browser, "stop")
    browser.until(lambda: "It was stopped at step" in browser.text(".state"))
    assert [line for line in browser.complaints() if "progress.js" not in line] == []


def press(browser, act):
    browser.until(lambda: browser.run("return !document.querySelector(`[data-do=${arguments[0]}]`).hidden", act))
    browser.run("document.querySelector(`[data-do=${arguments[0]}]`).click()", act)


def progress(folder):
    return int(re.search('"step": ([0-9]+)', (folder / "gallery/bars/progress.js").read_text(encoding="utf-8"))[1])
