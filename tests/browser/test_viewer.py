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
    data_values,
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
    page.get_by_role("button", name="dE/dW^1_1,1").click()
    check_quiet(page)
    check_accessible(page)
    check_zoomed(page)
    check_preferences(page)


def test_by_keyboard_alone_it_shows_the_numbers_of_the_lecture(page):
    """One linear neuron: z = .8 * 1.5 + 1 = 2.2, E = 1.7^2, delta = 2 * 1.7, dE/dW = 1.5 * 3.4, W = .8 - .1 * 5.1."""
    press(page, ["Tab", "f"])
    known = {"E of step 1": 2.89, "z^1_1": 2.2, "x^1_1": 2.2, "b^1_1": 1.0, "W^1_1,1": 0.8}
    assert numbers(page) == pytest.approx(known)
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
        costs = {"E of step 1": step["E"], "E after step 1": step["E after"]}
        for name, value in numbers(page).items():
            if name in costs:
                assert value == costs.pop(name)
                continue
            quantity, _, rest = name.partition("^")
            key = quantity + (" after" if rest.endswith("after") else " before" if quantity in ("W", "b") else "")
            assert value == np.ravel(step["layers"][number - 1][key])[0]
        assert not costs


def rows_of(page):
    """Return the lines of the equations that are shown, without signs that are not seen."""
    lines = page.get_by_role("region", name="Equation").locator("mtr").all_text_contents()
    return [line.replace("\u2062", "").replace("−", "-") for line in lines]


def choose(page, name):
    """Choose a number by keyboard."""
    page.get_by_role("button", name=f"{name} is").focus()
    page.keyboard.press("Enter")


def test_a_gradient_has_a_central_difference_beside_it(page):
    """E = (1.5 w + b - .5)^2: E(.8 + h) - E(.8 - h) = 4 * 1.7 * 1.5 h = 10.2 h, so the quotient is 5.1."""
    region, h = page.get_by_role("region", name="Equation"), 1e-5
    press(page, ["Tab", *"fb"])
    choose(page, "dE/dW^1_1,1")
    *_, general, numbers_put_in, quotient = rows_of(page)
    assert general.endswith("E(W111+h)-E(W111-h)2h")
    above, below = ((1.5 * (0.8 + sign * h) + 0.5) ** 2 for sign in (1, -1))
    assert numbers_put_in == f"={above:.15g}-{below:.15g}2·1e-5"
    assert float(quotient[1:]) == pytest.approx(5.1, rel=1e-9)
    assert "W^1_1,1 = 0.8 is moved by h = 1e−5 to both sides" in region.inner_text()
    assert "The backward pass gives 5.1; the quotient differs from it by" in region.inner_text()
    press(page, ["ArrowLeft"])
    assert "not known yet" in region.inner_text()
    assert "check" not in region.inner_text()


def test_a_gradient_whose_check_has_no_room_says_so(browser, tmp_path):
    run = trace(Network(1, [Dense(1)]), [{"W": [[0.8]], "b": [1.0]}], 1.5, 0.5, loss="squared_error", steps=1)
    path = tmp_path / "page.html"
    path.write_text(viewer_page("Neuron", viewer_record(run, "Neuron", checked=0), [run.table()]), encoding="utf-8")
    page = open_page(browser, path)
    press(page, ["Tab", *"fb"])
    region = page.get_by_role("region", name="Equation")
    for name, said in (("dE/db^1_1", True), ("delta^1_1", False), ("dE/dx^1_1", False), ("z^1_1", False)):
        choose(page, name)
        assert ("No gradient check is recorded for this number." in region.inner_text()) == said


def test_a_number_without_an_equation_says_what_it_is(page):
    region = page.get_by_role("region", name="Equation")
    press(page, ["Tab", "f"])
    choose(page, "b^1_1")
    assert "as it was given" in region.inner_text()
    press(page, [*"buf"])
    assert "as the update of step 1 left it" in region.inner_text()


def test_the_equation_stays_in_view_below_long_tables(browser, tmp_path):
    run = trace(
        Network(1, [Dense(7, "tanh"), Dense(1)]), Network(1, [Dense(7, "tanh"), Dense(1)]).initialize(0), 1.5, 0.5
    )
    path = tmp_path / "page.html"
    path.write_text(viewer_page("Neurons", viewer_record(run, "Neurons"), [run.table()]), encoding="utf-8")
    page = open_page(browser, path)
    press(page, ["Tab", "f"])
    page.get_by_role("combobox", name="layer in the tables").select_option("0")
    button = page.get_by_role("button", name="W^1_1,7 is")
    button.scroll_into_view_if_needed()
    before = button.bounding_box()
    button.click()
    assert button.bounding_box() == before
    region = page.get_by_role("region", name="Equation").bounding_box()
    assert region["y"] + region["height"] <= page.viewport_size["height"] + 1


def test_long_names_of_columns_are_inside_the_diagram(browser, tmp_path):
    names = ["number of days since the last visit", "time of day, sine"]
    run = trace(Network(2, [Dense(1)]), [{"W": [[0.8], [0.1]], "b": [1.0]}], [[1.5, 2.0]], 0.5)
    path = tmp_path / "page.html"
    record = viewer_record(run, "Neuron", inputs=names, outputs=["duration of the stay in days"])
    path.write_text(viewer_page("Neuron", record, [run.table()]), encoding="utf-8")
    page = open_page(browser, path)
    picture = page.locator("glass-view svg").bounding_box()
    for text in page.locator("glass-view svg text.name").all():
        box = text.bounding_box()
        assert box["x"] >= picture["x"] - 1
        assert box["x"] + box["width"] <= picture["x"] + picture["width"] + 1


def test_the_cost_has_its_equation_before_and_after_the_update(page):
    press(page, ["Tab", *"fbu"])
    choose(page, "E of step 1")
    assert rows_of(page) == ["E=(x11-y1)2", "=(2.2-0.5)2", "=2.89"]
    choose(page, "E after step 1")
    assert rows_of(page) == ["E after=(x11-y1)2".replace(" ", "\xa0"), "=(1.095-0.5)2", "=0.354025"]
    press(page, ["f", "b", "u"])  # it stays that of its step
    assert rows_of(page)[-1] == "=0.354025"
    press(page, ["ArrowLeft"] * 4)
    assert "E after step 1 is not known yet" in page.get_by_role("region", name="Equation").inner_text()


LISTEN = """() => {
    window.said = [];
    const root = document.querySelector("glass-view").shadowRoot;
    new MutationObserver(changes => changes.forEach(({ target }) => {
        const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
        const live = element.closest("[aria-live]");
        if (live) window.said.push([live.role ?? "", live.textContent]);
    })).observe(root, { subtree: true, childList: true, characterData: true });
}"""


def test_only_a_choice_has_the_equation_read_aloud(page):
    page.clock.install()
    press(page, ["Tab", *"fb"])
    page.evaluate(LISTEN)
    choose(page, "dE/dW^1_1,1")
    ((role, text),) = page.evaluate("() => window.said.splice(0)")
    assert role == ""
    assert text.startswith("dE/dW^1_1,1 = 5.1 Gradient check:")
    page.get_by_role("button", name="Run", exact=True).focus()
    page.keyboard.press("Enter")
    page.clock.run_for(700 * 4)
    said = page.evaluate("() => window.said")
    assert "dE/dW^1_1,1" in page.get_by_role("region", name="Equation").inner_text()
    assert {role for role, _ in said} == {"status"}
    assert any("Step 2 of 3, backward" in text for _, text in said)


def test_moved_within_its_page_it_goes_on(page):
    from playwright.sync_api import expect

    press(page, ["Tab", *"fb"])
    page.evaluate("() => document.querySelector('main').prepend(document.querySelector('glass-view'))")
    width = page.get_by_role("img").get_attribute("width")
    page.set_viewport_size({"width": 500, "height": 800})
    expect(page.get_by_role("img")).not_to_have_attribute("width", width)
    page.get_by_role("button", name="Update", exact=True).focus()
    page.keyboard.press("u")
    assert numbers(page)["W^1_1,1 after"] == pytest.approx(0.29)


SIZES = """() => [...document.querySelector("glass-view").shadowRoot.querySelectorAll("svg text")].map(e => {
    const { left, right, top, bottom } = e.getBoundingClientRect();
    return [e.textContent, left, right, top, bottom];
})"""


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("outputs", [2, 3])
def test_numbers_of_the_diagram_cover_no_other(browser, tmp_path, width, outputs):
    network = Network(2, [Dense(2, "logistic"), Dense(outputs, "logistic")])
    start = [{name: np.round(array, 2) for name, array in each.items()} for each in network.initialize(seed=1)]
    record = trace(network, start, [[0.1, 0.2]], [[1.0] * outputs]).to_viewer("small")
    path = tmp_path / "page.html"
    path.write_text(viewer_page("Small", record, []), encoding="utf-8")
    page = open_page(browser, path)
    page.set_viewport_size({"width": width, "height": 800})
    press(page, ["Tab", *"fb"])
    boxes = page.evaluate(SIZES)
    assert len([text for text, *_ in boxes if text.startswith("δ")]) == 2 + outputs
    inset = 2.5  # pixels of a box above and below that no digit has
    for place, (one, left, right, top, bottom) in enumerate(boxes):
        for other, *box in boxes[:place]:
            apart = (
                left >= box[1] or right <= box[0] or top + inset >= box[3] - inset or bottom - inset <= box[2] + inset
            )
            assert apart, (one, other)


def test_indices_are_lowered_and_read_as_they_are_written(page):
    press(page, ["Tab", *"fbu"])
    head = page.locator("section th", has_text="W").first
    assert head.inner_html() == "W<sup>1</sup><sub>11</sub> after"
    assert head.get_attribute("aria-label") == "W^1_1,1 after"
    assert page.locator("glass-view svg tspan").all_text_contents() == ["1"]  # of x_1
    assert page.locator("section th", has_text="output 1").first.inner_html() == "output 1"


def test_with_scripts_off_there_is_a_table(browser, path):
    check_text_without_javascript(browser, path, "One neuron", "output before")


def test_with_scripts_off_every_number_is_in_a_table(browser, tmp_path):
    path, shown = tmp_path / "page.html", EXAMPLES["two-neurons"]()
    path.write_text(viewer_page("Two neurons", shown.viewer, [shown.table, *shown.tables]), encoding="utf-8")
    page = open_page(browser, path, javascript=False)
    found = {float(each.value) for each in data_values(page)}

    def numbers_in(value):
        if isinstance(value, float):
            yield value
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from numbers_in(each)

    for step in json.loads(shown.json)["steps"]:
        assert set(numbers_in(step)) <= found
