"""Images and forward passes alone in the viewer, in a browser: by keyboard alone, and nothing before its time."""

import numpy as np
import pytest
from page_checks import check_accessible, check_preferences, check_quiet, check_zoomed, open_page

from glassnet import Convolution, Dense, Flatten, MaxPool, Network, trace
from glassnet.insight.trace import forward_pass
from glassnet.insight.viewer_room import viewed_forward
from glassnet.network.activations_piecewise_linear import Identity
from glassnet.network.image_filters import KERNELS
from glassnet.pages.viewer_page import viewer_page

# Source: lecture notes "Regression with Neural Networks", the picture of 4 x 4.
PICTURE = np.array([[12, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]], dtype=float)
NUMBERS = """() => [...document.querySelector("glass-view").shadowRoot.querySelectorAll("button.number")].map(
    e => [e.getAttribute("aria-label").split(" is ")[0], Number(e.dataset.value)])"""
ROOT = "document.querySelector('glass-view').shadowRoot"


def opened(browser, folder, record, width=1280):
    path = folder / "page.html"
    path.write_text(viewer_page("Shown", record, []), encoding="utf-8")
    page = open_page(browser, path)
    page.set_viewport_size({"width": width, "height": 900})
    return page


@pytest.fixture(scope="module")
def small():
    """The Laplacian on the lecture's picture, its largest entry 97, and .01 of that with target 1."""
    network = Network((4, 4, 1), [Convolution(1, 3), MaxPool(2), Flatten(), Dense(1)])
    start = [{"W": np.reshape(KERNELS["laplacian"], (3, 3, 1, 1)), "b": [0.0]}, {}, {}, {"W": [[0.01]], "b": [0.0]}]
    return trace(network, start, PICTURE[None, ..., None], [[1.0]], step_size=1e-4).to_viewer("small")


@pytest.fixture(scope="module")
def large():
    network = Network((12, 14, 1), [Convolution(9, 3, "tanh", padding="same"), MaxPool(6), Flatten(), Dense(2)])
    x = np.random.default_rng(0).normal(size=(1, 12, 14, 1))
    return trace(network, network.initialize(seed=0), x, [[1.0, 0.0]]).to_viewer("large")


@pytest.fixture(scope="module")
def forward():
    network = Network(2, [Dense(2), Dense(1)])
    start = [{"W": [[1.0, 2.0], [3.0, 4.0]], "b": [0.5, -0.5]}, {"W": [[1.0], [-1.0]], "b": [0.0]}]
    return viewed_forward(forward_pass(network, start, [[1.0, 2.0]], Identity()), "forward")


def press(page, keys):
    for key in keys:
        page.keyboard.press(key)


def choose_layer(page, layer):
    page.get_by_role("combobox", name="layer in the tables").select_option(str(layer))


def rows_of(page):
    lines = page.get_by_role("region", name="Equation").locator("mtr").all_text_contents()
    return [line.replace("\u2062", "").replace("−", "-") for line in lines]


def test_a_small_image_is_a_grid_whose_numbers_have_equations(browser, tmp_path, small):
    """dE/dW of the largest entry, 97 at (2, 1): delta is .01 (.97 - 1), times the window that begins there."""
    page = opened(browser, tmp_path, small)
    press(page, ["Tab", "f"])
    choose_layer(page, 1)
    found = dict(page.evaluate(NUMBERS))
    assert [found[f"z^1_{at},1"] for at in ("1,1", "1,2", "2,1", "2,2")] == [-52, -71, 97, 47]
    assert [name for name in found if name.startswith(("d", "sigma"))] == []
    page.get_by_role("button", name="z^1_2,1,1 is 97").focus()
    page.keyboard.press("Enter")
    general, numbers, value = rows_of(page)
    assert general.startswith("z2111=")
    assert numbers == "=0·8-1·12+0·2-1·34+4·70-1·37+0·112-1·100+0·25+0".replace("-1·", "+(-1)·")
    assert value == "=97"
    page.get_by_role("button", name="Forward", exact=True).focus()
    press(page, ["b"])
    found = dict(page.evaluate(NUMBERS))
    delta = 0.01 * (0.97 - 1)
    assert found["delta^1_2,1,1"] == pytest.approx(delta)
    assert found["dE/dW^1_1,2,1,1"] == pytest.approx(12 * delta)
    assert "W^1_1,1,1,1 after" not in found
    press(page, ["u"])
    assert dict(page.evaluate(NUMBERS))["W^1_1,2,1,1 after"] == pytest.approx(-1 - 1e-4 * 12 * delta)
    page.get_by_role("button", name="dE/dW^1_1,2,1,1 is").focus()
    page.keyboard.press("Enter")
    assert "Gradient check" in page.get_by_role("region", name="Equation").inner_text()


def test_the_image_that_enters_is_a_layer_of_its_own(browser, tmp_path, small):
    page = opened(browser, tmp_path, small)
    choose_layer(page, 0)
    cells = page.get_by_role("group", name="x^0").locator("td[data-value]").all_text_contents()
    assert list(map(float, cells)) == PICTURE.ravel().tolist()


def test_a_larger_image_is_a_picture_that_says_its_range(browser, tmp_path, large):
    page = opened(browser, tmp_path, large)
    press(page, ["Tab", "f"])
    choose_layer(page, 1)
    pictures = page.locator("section img")
    (drawn,) = large["runs"][0]["steps"][0]["layers"][0]["pictures"]["x"]
    channels = [channel + 1 for channel in large["columns"][1]["shown"]]
    alternatives = [each.get_attribute("alt") for each in pictures.all()]
    expected = [f"x^1, channel {channel}: from {least:.6g}, black, to {largest:.6g}, white"
                for channel, (_, least, largest) in zip(channels, drawn, strict=True)]  # fmt: skip
    assert [text.replace("−", "-") for text in alternatives] == expected
    assert all(page.evaluate(f"() => [...{ROOT}.querySelectorAll('img')].map(e => e.naturalWidth === 14)"))
    sizes = page.evaluate(f"() => [...{ROOT}.querySelectorAll('img')].map(e => [e.width, e.height])")
    assert {(width / height, 100 <= width <= 200) for width, height in sizes} == {(14 / 12, True)}
    assert (
        "4 of 9 channels, those whose signals change the cost most, are shown, and 5 are left out"
        in page.locator("glass-view section").inner_text()
    )
    assert "delta^1" not in page.locator("glass-view section").inner_text()
    press(page, ["b"])
    assert pictures.count() == 8


def test_the_diagram_has_the_size_of_images(browser, tmp_path, large):
    page = opened(browser, tmp_path, large)
    text = page.locator("glass-view svg").text_content()
    assert "12 x 14 x 1" in text
    assert "12 x 14 x 9" in text
    assert "12 x 14 x 9" in page.locator("glass-view svg").get_attribute("aria-label")


def test_a_forward_pass_alone_has_no_gradient_and_no_button_for_one(browser, tmp_path, forward):
    """x^1 = (1 + 6 + .5, 2 + 8 - .5) and x^2 = 7.5 - 9.5."""
    page = opened(browser, tmp_path, forward)
    assert page.get_by_role("button", name="Backward", exact=True).count() == 0
    assert page.get_by_role("button", name="Update", exact=True).count() == 0
    press(page, ["Tab", "b", "u"])
    assert "nothing is computed yet" in page.get_by_role("status").inner_text()
    press(page, ["f", "f", "b", "u", "ArrowRight"])
    assert page.get_by_role("status").inner_text() == "Forward pass: output 1 = −2"
    choose_layer(page, 0)
    found = dict(page.evaluate(NUMBERS))
    expected = {"z^1_1": 7.5, "z^1_2": 9.5, "x^1_1": 7.5, "x^1_2": 9.5, "b^1_1": 0.5, "b^1_2": -0.5}
    weights = {"W^1_1,1": 1, "W^1_1,2": 2, "W^1_2,1": 3, "W^1_2,2": 4}
    assert found == expected | weights
    text = page.locator("glass-view section").inner_text()
    assert not [word for word in ("delta", "δ", "dE", "after", "E =") if word in text]
    page.get_by_role("button", name="z^1_1 is 7.5").focus()
    page.keyboard.press("Enter")
    assert rows_of(page)[1:] == ["=1·1+3·2+0.5", "=7.5"]
    page.get_by_role("button", name="Forward", exact=True).focus()
    press(page, ["ArrowLeft"])
    assert "z^1_1" not in dict(page.evaluate(NUMBERS))
    page.emulate_media(reduced_motion="reduce")
    press(page, ["Tab"])
    page.get_by_role("button", name="Run", exact=True).click()
    assert "output 1 = −2" in page.get_by_role("status").inner_text()


@pytest.mark.parametrize("kind", ["small", "large", "forward"])
def test_it_is_quiet_and_accessible(browser, tmp_path, request, kind):
    record = request.getfixturevalue(kind)
    page = opened(browser, tmp_path, record)
    press(page, ["Tab", *"fb"])
    choose_layer(page, 1 if kind != "forward" else 0)
    check_quiet(page)
    check_accessible(page)
    check_zoomed(page)
    check_preferences(page)


@pytest.mark.parametrize("kind", ["small", "large"])
def test_on_a_narrow_screen_nothing_leaves_the_page(browser, tmp_path, request, kind):
    page = opened(browser, tmp_path, request.getfixturevalue(kind), width=400)
    press(page, ["Tab", *"fb"])
    choose_layer(page, 1)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
