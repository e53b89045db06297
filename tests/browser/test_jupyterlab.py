"""The viewer in JupyterLab without a connection: steps where the notebook is trusted, tables where it is not."""

import json
import os
import re
import subprocess
import sys
import time

import pytest

from glassnet import Dense, Network, trace

pytestmark = pytest.mark.jupyterlab
TOKEN = "secret"
SECONDS = 90  # in which the server has to start
COMMAND = [
    sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root",
    f"--IdentityProvider.token={TOKEN}", "--LabApp.news_url=None", "--ServerApp.root_dir=.",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]  # fmt: skip
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
TARGET, STEP_SIZE, STEPS = 0.5, 0.1, 3


@pytest.fixture(scope="module")
def steps():
    """One neuron, w = 0.8 and b = 1, the input 1.5."""
    start = [{"W": [[0.8]], "b": [1.0]}]
    return trace(Network(1, [Dense(1)]), start, 1.5, TARGET, loss="squared_error", step_size=STEP_SIZE, steps=STEPS)


@pytest.fixture(scope="module")
def server(tmp_path_factory, steps):
    """The address of a server whose folder has a notebook that is trusted, and the same one that is not."""
    import nbformat
    from nbformat.sign import NotebookNotary

    folder = tmp_path_factory.mktemp("jupyterlab")
    (folder / "data").mkdir()
    output = nbformat.v4.new_output("execute_result", steps._repr_mimebundle_(), execution_count=1)
    for name in ("trusted", "untrusted"):
        cell = nbformat.v4.new_code_cell(name, outputs=[output], execution_count=1)
        notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": KERNEL})
        nbformat.write(notebook, folder / f"{name}.ipynb")
        if name == "trusted":
            NotebookNotary(data_dir=str(folder / "data")).sign(notebook)
    parts = {f"JUPYTER_{part.upper()}_DIR": str(folder / part) for part in ("config", "data", "runtime")}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            COMMAND, cwd=folder, env={**os.environ, **parts, "HOME": str(folder)}, stdout=log, stderr=log
        )
    with process:
        yield _address(folder, process)
        process.kill()  # a kernel may keep it from ending by itself; the kernel ends when it is gone


def _address(folder, process):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        for path in (folder / "runtime").glob("jpserver-*.json"):
            return json.loads(path.read_text())["url"]
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start: {(folder / 'log').read_text()[-2000:]}")


@pytest.fixture
def open_notebook(browser, server):
    """A function that opens a notebook, and the list of what was asked for elsewhere, which never comes through."""
    context, refused = browser.new_context(viewport={"width": 1280, "height": 1000}), []

    def answer(route):
        if route.request.url.startswith((server, "data:", "blob:")):
            return route.continue_()
        refused.append(route.request.url)
        return route.abort()

    def opened(name):
        context.route("**/*", answer)
        page = context.new_page()
        page.goto(f"{server}lab/workspaces/{name}/tree/{name}.ipynb?token={TOKEN}")
        page.locator(".jp-RenderedHTMLCommon table").first.wait_for(state="attached", timeout=60_000)
        return page

    yield opened, refused
    context.close()


def test_a_trusted_notebook_steps_forward_and_back(open_notebook):
    opened, refused = open_notebook
    page = opened("trusted")
    button = page.get_by_role("button", name="Forward")
    button.wait_for()
    cells = page.locator(".jp-Cell").count()

    def numbers():
        found = page.locator("glass-view button.number").all()
        named = {each.get_attribute("aria-label").split(" is ")[0]: each.get_attribute("data-value") for each in found}
        return {name: float(value) for name, value in named.items()}

    w, b, x = 0.8, 1.0, 1.5
    z = w * x + b
    assert numbers()["W^1_1,1"] == w
    assert not any(name.startswith("dE/d") for name in numbers())
    button.focus()
    page.keyboard.press("f")
    assert numbers()["z^1_1"] == pytest.approx(z, rel=1e-12)
    assert not any(name.startswith("dE/d") for name in numbers())
    page.keyboard.press("b")  # in JupyterLab the key of a new cell below
    slope = 2 * (z - TARGET) * x
    assert numbers()["dE/dW^1_1,1"] == pytest.approx(slope, rel=1e-12)
    page.keyboard.press("u")
    after = w - STEP_SIZE * slope
    assert numbers()["W^1_1,1 after"] == pytest.approx(after, rel=1e-12)
    page.get_by_role("button", name="dE/dW^1_1,1").focus()
    page.keyboard.press("Enter")  # there it is the key that edits a cell
    assert "dE/dW^1_1,1 =" in page.locator("glass-view .equation").inner_text()
    page.keyboard.press("f")
    assert numbers()["W^1_1,1"] == pytest.approx(after, rel=1e-12)
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    assert numbers()["W^1_1,1"] == w
    assert not any(name.startswith("dE/d") for name in numbers())
    assert page.locator(".jp-Cell").count() == cells
    assert refused == []


def test_an_untrusted_notebook_shows_every_number_as_text(open_notebook, steps):
    opened, refused = open_notebook
    page = opened("untrusted")
    assert page.locator("glass-view").count() == 0
    assert page.locator(".jp-OutputArea script").count() == 0
    folded = page.locator(".jp-OutputArea details")
    folded.evaluate_all("all => all.forEach(each => each.open = true)")
    shown = page.locator(".jp-OutputArea").inner_text()
    found = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", shown.replace("\N{MINUS SIGN}", "-"))]
    w, b, x = 0.8, 1.0, 1.5
    for _ in range(STEPS):
        z, old = w * x + b, (w, b)
        delta = 2 * (z - TARGET)
        w, b = w - STEP_SIZE * delta * x, b - STEP_SIZE * delta
        E, E_after = (z - TARGET) ** 2, (w * x + b - TARGET) ** 2
        for number in (*old, z, E, delta, delta * x, delta * old[0], w, b, w * x + b, E_after):
            assert min(abs(each - number) for each in found) <= 1e-5 * max(abs(number), 1e-3), number  # six digits
    assert refused == []
