"""The viewer in a browser: every number as the record has it, by keyboard alone, and nothing before its time."""

import json

import numpy as np
import pytest
from page_checks import (
    check_accessible,
    check_preferences,
    check_quiet,
    check_text_without_javascript,
    check_zoomed,
    open_page,
)

from glassnet import Dense, Network, trace
from glassnet.insight.examples import EXAMPLES
from glassnet.insight.viewer_record import Varied, viewer_record
from glassnet.pages.viewer_page import viewer_page

# Every number button and plain cell inside the viewer: what it is called, and its number in full.
NUMBERS = """() => [...document.querySelector("glass-view").shadowRoot.querySelectorAll("button.number")].map(
    e => [e.getAttribute("aria-label").split(" is ")[0], Number(e.dataset.value)])"""
TAUS = (0.1, 2 / 13)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The page of one neuron with two step sizes."""
    one, start = Network(1, [Dense(1)]), [{"W": [[0.8]], "b": [1.0]}]
    runs = [trace(one, start, 1.5, 0.5, loss="squared_error", step_size=tau, steps=3) for tau in TAUS]
    record = viewer_record(runs, "One neuron", varied=Varied("step size", TAUS, {2 / 13: "hits the target"}))
    path = tmp_path_factory.mktemp("viewer") / "page.html"
    path.write_text(viewer_page("One neuron", record, [runs[0].table()]), encoding="utf-8")
    return path


@pytest.fixture
def page(browser, path):
    return open_page(browser, path)


def numbers(page):
    return dict(page.evaluate(NUMBERS))


def press(page, keys):
    for key in keys:
        page.keyboard.press(key)


def test_it_is_quiet_and_accessible(page):
    press(page, ["Tab", *"fbufb"])
    page.get_by_role("button", name="delta^1_1").click()
    check_quiet(page)
    check_accessible(page)
    check_zoomed(page)
    check_preferences(page)


def test_by_keyboard_alone_it_shows_the_numbers_of_the_lecture(page):
    """One linear neuron: z = .8 * 1.5 + 1 = 2.2, E = 1.7^2, delta = 2 * 1.7, dE/dW = 1.5 * 3.4, W = .8 - .1 * 5.1."""
    press(page, ["Tab", "f"])
    assert numbers(page) == pytest.approx({"z^1_1": 2.2, "x^1_1": 2.2, "b^1_1": 1.0, "W^1_1,1": 0.8})
    assert "E = 2.89" in page.get_by_role("status").inner_text()
    press(page, ["b"])
    found = numbers(page)
    assert found["delta^1_1"] == pytest.approx(3.4)
    assert found["dE/dW^1_1,1"] == pytest.approx(5.1)
    assert "W^1_1,1 after" not in found
    press(page, ["u"])
    assert numbers(page)["W^1_1,1 after"] == pytest.approx(0.29)
    assert numbers(page)["b^1_1 after"] == pytest.approx(0.66)
    press(page, ["ArrowLeft", "ArrowLeft"])
    assert "delta^1_1" not in numbers(page)


def test_a_key_out_of_turn_does_nothing(page):
    press(page, ["Tab", "b", "u"])
    assert "start" in page.get_by_role("status").inner_text()
    press(page, ["f", "u", "f"])
    assert "Step 1 of 3, forward" in page.get_by_role("status").inner_text()


def test_no_gradient_is_drawn_before_the_backward_pass(page):
    picture = page.locator("glass-view svg")
    press(page, ["Tab", "f"])
    assert "δ" not in picture.text_content()
    press(page, ["b"])
    assert "δ 3.4" in picture.text_content()


def test_run_goes_to_the_end_at_once_where_motion_is_unwanted(page):
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Run", exact=True).click()
    assert "Step 3 of 3, update" in page.get_by_role("status").inner_text()


def test_another_run_is_chosen_by_slider_and_by_list(page):
    press(page, ["Tab", "f", "b", "u"])
    page.get_by_role("slider", name="step size").press("ArrowRight")
    assert page.get_by_role("slider", name="step size").get_attribute("aria-valuetext") == "step size 0.153846"
    cost = page.get_by_role("status").inner_text().rpartition("E = ")[2]
    assert float(cost.replace("−", "-")) < 1e-20
    page.get_by_role("combobox", name="step size, as a number").select_option(label="0.1")
    assert numbers(page)["W^1_1,1 after"] == pytest.approx(0.29)


def test_a_number_that_is_clicked_shows_its_equation_with_the_numbers_put_in(page):
    equation = page.get_by_role("region", name="Equation")
    press(page, ["Tab", *"fbu"])
    page.get_by_role("button", name="z^1_1 is 2.2").click()
    rows = equation.locator("mtr").all_text_contents()
    assert [row.replace("\u2062", "") for row in rows] == ["z11=W111x10+b11", "=0.8·1.5+1", "=2.2"]
    page.get_by_role("button", name="W^1_1,1 after is 0.29").click()
    rows = equation.locator("mtr").all_text_contents()
    assert rows[1:] == ["=0.8−0.1·5.1", "=0.29"]
    press(page, ["ArrowLeft"])
    assert "is not known yet" in equation.inner_text()


def test_every_number_of_a_step_is_that_of_the_trace(browser, tmp_path):
    shown = EXAMPLES["two-neurons"]()
    path = tmp_path / "page.html"
    path.write_text(viewer_page("Two neurons", shown.viewer, [shown.table]), encoding="utf-8")
    page = open_page(browser, path)
    press(page, ["Tab", *"fbu"])
    step = json.loads(shown.json)["steps"][0]
    for number in (1, 2):
        page.get_by_role("combobox", name="layer in the tables").select_option(str(number - 1))
        for name, value in numbers(page).items():
            quantity, _, rest = name.partition("^")
            key = quantity + (" after" if rest.endswith("after") else " before" if quantity in ("W", "b") else "")
            assert value == np.ravel(step["layers"][number - 1][key])[0]


def test_with_scripts_off_there_is_a_table(browser, path):
    check_text_without_javascript(browser, path, "One neuron", "output before")
