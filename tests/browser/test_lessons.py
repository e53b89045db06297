"""Every lesson in a browser: quiet, accessible, wide and narrow; the stepped ones show the printed numbers by keys."""

import pytest
from page_checks import check_page, check_preferences, check_zoomed, data_values, open_page

from glassnet.insight.lessons.catalogue import LESSONS
from glassnet.insight.lessons.starts import STEPPED
from glassnet.pages.lesson_page import lesson_page

NUMBERS = """() => [...document.querySelector("glass-view").shadowRoot.querySelectorAll("button.number")].map(
    e => [e.getAttribute("aria-label").split(" is ")[0], Number(e.dataset.value)])"""


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """A function that returns the page of a lesson, which is written when it is first asked for."""
    folder = tmp_path_factory.mktemp("lessons")

    def path(name):
        page = folder / f"{name}.html"
        if not page.exists():
            page.write_text(lesson_page(LESSONS[name]()), encoding="utf-8")
        return page

    return path


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_is_quiet_and_accessible(browser, paths, name):
    page = check_page(browser, paths(name))
    check_zoomed(page)
    check_preferences(page)
    page.context.close()


class Stepped:
    """A lesson that is stepped through, by keyboard alone."""

    def __init__(self, page):
        self.page = page
        button = page.get_by_role("button", name="Forward")
        while not button.evaluate("e => e.matches(':focus')"):
            page.keyboard.press("Tab")

    def press(self, keys):
        for key in keys:
            self.page.keyboard.press(key)

    def shown(self, layer=None):
        """Return the numbers that stand in the tables now, those of a layer where there are several."""
        if layer is not None:
            self.page.get_by_role("combobox", name="layer in the tables").select_option(str(layer - 1))
            self.page.get_by_role("button", name="Forward").focus()
        return dict(self.page.evaluate(NUMBERS))


@pytest.fixture
def stepped(browser, paths):
    pages = []

    def opened(name):
        pages.append(open_page(browser, paths(name)))
        return Stepped(pages[-1])

    yield opened
    for page in pages:
        page.context.close()


def two_places(number):
    return float(f"{number:.2f}")


def test_the_table_of_one_neuron(stepped):
    printed = ".29 .66 .11 .54 .05 .5 .03 .48 .02 .48 .02 .48 .02 .48"  # W and b after every step, tau = .1
    lesson, found = stepped("one-neuron"), []
    lesson.page.get_by_role("combobox", name="step size tau, as a number").select_option(label="0.1")
    lesson.page.get_by_role("button", name="Forward").focus()
    for _ in range(7):
        lesson.press("fbu")
        numbers = lesson.shown()
        found += [two_places(numbers["W^1_1,1 after"]), two_places(numbers["b^1_1 after"])]
    assert found == list(map(float, printed.split()))


def test_the_table_of_two_neurons(stepped):
    # b of the second neuron, W and b of the first, after every step
    printed = ".55 .26 .64 .58 .25 .63 .60 .24 .63 .61 .24 .63 .61 .24 .63 .61 .24 .63 .62 .24 .63 .62 .24 .63"
    lesson, found = stepped("two-neurons"), []
    for step in range(8):
        lesson.press("fbu")
        last, first = lesson.shown(2), lesson.shown(1)
        if step == 0:
            slopes = [last["dE/dW^2_1,1"], last["dE/db^2_1"], first["dE/dW^1_1,1"], first["dE/db^1_1"]]
            assert slopes == pytest.approx([9.944, 4.52, 5.424, 3.616], abs=1e-9)
        found += [last["b^2_1 after"], first["W^1_1,1 after"], first["b^1_1 after"]]
    assert list(map(two_places, found)) == list(map(float, printed.split()))


def test_the_published_example(stepped):
    lesson = stepped("published-example")
    lesson.press("f")
    last = lesson.shown(2)
    assert last["E of step 1"] == pytest.approx(0.298371109, abs=5e-10)
    assert [last["x^2_1"], last["x^2_2"]] == pytest.approx([0.751365070, 0.772928465], abs=5e-10)
    lesson.press("bu")
    expected = {2: [0.358916480, 0.511301270, 0.408666186, 0.561370121],
                1: [0.149780716, 0.249751144, 0.199561432, 0.299502287]}  # fmt: skip
    for layer, weights in expected.items():
        numbers = lesson.shown(layer)
        found = [numbers[f"W^{layer}_{i},{j} after"] for i in (1, 2) for j in (1, 2)]
        assert found == pytest.approx(weights, abs=5e-10)


def test_the_deltas(stepped):
    lesson = stepped("deltas")
    lesson.press("f")
    assert lesson.shown()["E of step 1"] == pytest.approx(0.261548817, abs=5e-10)
    assert not any("delta" in name for name in lesson.shown(3))
    lesson.press("b")
    expected = {
        1: [0.002093329, -0.005429661], 2: [-0.009016168, 0.005111919, 0.034461374], 3: [-0.114342420, 0.137603400]
    }  # fmt: skip
    for layer, deltas in expected.items():
        numbers = lesson.shown(layer)
        found = [numbers[f"delta^{layer}_{unit}"] for unit in range(1, len(deltas) + 1)]
        assert found == pytest.approx(deltas, abs=5e-10)
    assert lesson.shown(1)["dE/dW^1_1,2"] == pytest.approx(-0.000542966081, abs=5e-13)


@pytest.mark.parametrize("name", STEPPED)
def test_with_scripts_off_every_number_of_the_steps_is_in_a_table(browser, paths, name):
    page = open_page(browser, paths(name), javascript=False)
    shown = {float(each.value) for each in data_values(page)}
    for run in LESSONS[name]().body[0].record["runs"]:
        for step in run["steps"]:
            assert set(numbers_in({**step, "number": None})) <= shown
    page.context.close()


def numbers_in(value):
    """Yield every number of a record."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from numbers_in(each)
    elif value is not None:
        yield float(value)
