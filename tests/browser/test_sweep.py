"""A recorded sweep in a browser: by keyboard alone, each frame as the record has it, and a table without scripts."""

import pytest
from page_checks import (
    check_accessible,
    check_page,
    check_preferences,
    check_quiet,
    check_text_without_javascript,
    check_zoomed,
    open_page,
)

from glassnet.insight.lessons.catalogue import LESSONS
from glassnet.insight.lessons.lesson import Answer, Lesson
from glassnet.insight.sweep_grid import Grid
from glassnet.insight.sweep_plot import Plot, Series, axis
from glassnet.insight.sweep_record import Frame, choice, slider, sweep
from glassnet.insight.text import TextTable
from glassnet.pages.lesson_page import lesson_page

NUMBERS = """() => [...document.querySelector("glass-sweep").shadowRoot.querySelectorAll(".scroll td[data-value]")].map(
    e => Number(e.dataset.value))"""
X = (0.0, 1.0, 2.0, 3.0)
SQUARE = Grid("square", ((1.5, 2.0), ("(0)", 4.0)), ((0, 1), (1, 0)))
GRID = "glass-sweep .tables .grids"  # the element's, beside those that are read without scripts


def frame(power, sign):
    y = tuple(float((-1 if sign == "minus" else 1) * at**power) for at in X)
    series = (
        Series("band", "near", X, tuple(v + 1 for v in y), tuple(v - 1 for v in y), 0),
        Series("bars", "from 0", X, y, None, 1),
        Series("line", "curve", X, y, None, 2, "first"),
        *(Series("points", f"points {style}", X, y, None, style) for style in range(4)),
    )
    sentence = f"{sign} x to the power {power:g}; x = 3 gives {y[-1]:g}."
    plot = None if power == 3 else Plot(f"A curve: {sentence}", axis("x", -1, 4), axis("y", -11, 11), series)
    table = TextTable(("x", "y", "is"), tuple((*pair, "a <b>") for pair in zip(X, y, strict=True)))
    return Frame(sentence, table, plot, (SQUARE, SQUARE) if sign == "minus" else ())


def record():
    return sweep("Powers", [slider("power", (1, 2, 3), 2), choice("sign", ("plus", "minus"))], frame)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    lesson = Lesson("powers", "Powers of x", "What is 3^2?", ("6", "9"), Answer(1, "3 times 3."), (record(),))
    path = tmp_path_factory.mktemp("sweep") / "page.html"
    path.write_text(lesson_page(lesson), encoding="utf-8")
    return path


@pytest.fixture
def page(browser, path):
    return open_page(browser, path)


def sentence(page):
    return page.get_by_role("status").inner_text()


def check_frame(page, power, sign):
    expected = record().at(power, sign)
    assert sentence(page) == expected.sentence
    assert page.evaluate(NUMBERS) == [value for x, y, _ in expected.table.rows for value in (x, y)]


def test_it_is_quiet_and_accessible(page):
    page.get_by_role("slider", name="power").press("ArrowLeft")
    check_quiet(page)
    check_accessible(page)
    check_zoomed(page)
    check_preferences(page)


def test_keys_alone_change_what_is_shown(page):
    check_frame(page, 2, "plus")
    for key in ("Tab", "Tab", "Tab", "ArrowLeft"):  # past the options and the link to the answer, to the slider
        page.keyboard.press(key)
    check_frame(page, 1, "plus")
    assert page.get_by_role("slider", name="power").get_attribute("aria-valuetext") == "power 1"
    page.keyboard.press("Tab")  # its list
    page.keyboard.press("2")
    check_frame(page, 2, "plus")
    page.keyboard.press("Tab")
    page.keyboard.press("m")
    check_frame(page, 2, "minus")


def test_list_and_slider_agree(page):
    page.get_by_role("combobox", name="power, as a value").select_option(label="1")
    assert page.get_by_role("slider", name="power").input_value() == "0"
    check_frame(page, 1, "plus")


def test_a_plot_says_what_it_shows_and_names_every_series(page):
    assert page.get_by_role("img").get_attribute("aria-label") == f"A curve: {sentence(page)}"
    names = page.locator("glass-sweep .legend li").all_inner_texts()
    assert [name.strip() for name in names] == ["near", "from 0", "curve", *(f"points {style}" for style in range(4))]
    page.get_by_role("slider", name="power").press("End")
    check_frame(page, 3, "plus")
    assert page.get_by_role("img").count() == 0


def test_grids_stand_beside_each_other_with_thick_borders_around_what_is_marked(page):
    assert page.locator(GRID).count() == 0
    page.get_by_role("combobox", name="sign").select_option(label="minus")
    check_frame(page, 2, "minus")
    left, right = page.locator(f"{GRID} table").all()
    assert left.locator("caption").inner_text() == "square"
    assert (left.bounding_box()["y"], right.bounding_box()["y"]) == (left.bounding_box()["y"],) * 2
    cells = left.get_by_role("cell").all()
    assert [cell.text_content() for cell in cells] == ["1.5", "2 marked", "(0) marked", "4"]
    widths = [cell.evaluate("cell => parseFloat(getComputedStyle(cell).borderLeftWidth)") for cell in cells]
    assert [width > 2 for width in widths] == [False, True, True, False]
    assert cells[1].locator(".unseen").bounding_box()["width"] <= 1
    check_accessible(page)
    check_zoomed(page)


def test_a_label_stands_at_the_first_point_of_its_line(page):
    label = page.locator("glass-sweep .picture text.label")
    x, y = _pairs(page.locator("glass-sweep .line polyline").first.get_attribute("points"))[0].split()
    assert label.text_content() == "first"
    assert float(label.get_attribute("x")) == pytest.approx(float(x) + 3, abs=0.1)
    assert float(label.get_attribute("y")) == pytest.approx(float(y) - 4, abs=0.1)


@pytest.mark.parametrize("name", ["convolution", "pooling"])
def test_a_lesson_with_grids_is_accessible_at_any_width_and_has_them_without_scripts(browser, tmp_path, name):
    path, lesson = tmp_path / "lesson.html", LESSONS[name]()
    path.write_text(lesson_page(lesson), encoding="utf-8")
    page = check_page(browser, path)
    check_zoomed(page)
    check_preferences(page)
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 400
    starts = (each.frame(*(control.start for control in each.controls)) for each in lesson.body)
    captions = [grid.title for start in starts for grid in start.grids]
    assert page.locator(f"{GRID} caption").all_inner_texts() == captions
    check_text_without_javascript(browser, path, "Notation: ", *captions)


@pytest.mark.parametrize("chosen", [0, 1])
def test_the_answer_says_what_was_chosen(page, chosen):
    page.get_by_text("Show the answer").click()
    assert page.get_by_text("You chose this.").locator("visible=true").count() == 0
    page.get_by_role("radio").nth(chosen).check()
    said = [item.inner_text() for item in page.locator("details li").all()]
    expected = ["6", "9: this is right."]
    expected[chosen] += " You chose this."
    assert said == expected
    check_accessible(page)


def test_the_answer_is_a_link_away(page):
    page.get_by_role("link", name="the answer").click()
    assert page.get_by_text("Show the answer").bounding_box()["y"] < page.viewport_size["height"]


def test_a_minus_stands_before_numbers_alone(browser, tmp_path):
    def shown(sign):
        return Frame("", TextTable(("", "n"), (("-1, -0.5", 1), ("Levenberg-Marquardt (-2)", 2))))

    lesson = Lesson(
        "a", "A", "?", ("1", "2"), Answer(1, "."), (sweep("s", [choice("a", ("x = -1", "semi-log"))], shown),)
    )
    (tmp_path / "page.html").write_text(lesson_page(lesson), encoding="utf-8")
    page = open_page(browser, tmp_path / "page.html")
    assert page.locator("glass-sweep option").all_inner_texts() == ["x = −1", "semi-log"]
    assert page.locator("glass-sweep td.text").all_inner_texts() == ["−1, −0.5", "Levenberg-Marquardt (−2)"]


@pytest.mark.parametrize("width", [1280, 400])
def test_a_right_angle_looks_right_where_axes_are_equal(browser, tmp_path, width):
    """The path of gradient descent is at a right angle to the lines of equal E."""
    (tmp_path / "page.html").write_text(lesson_page(LESSONS["descent"]()), encoding="utf-8")
    page = open_page(browser, tmp_path / "page.html")
    page.set_viewport_size({"width": width, "height": 800})
    lines = page.locator("glass-sweep .picture > svg .line polyline").all()
    (a, b), (c, d) = (_ends(line.get_attribute("points")) for line in (lines[0], lines[-1]))
    assert a * c + b * d == pytest.approx(0, abs=0.01 * (a * a + b * b) ** 0.5 * (c * c + d * d) ** 0.5)
    assert page.locator("glass-sweep .picture text.label").all_text_contents()[-2:] == ["0", "1"]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def _ends(points):
    """Return how far the last of some points is from the first, across and up."""
    pairs = [tuple(map(float, point.split())) for point in _pairs(points)]
    return pairs[-1][0] - pairs[0][0], pairs[-1][1] - pairs[0][1]


def test_a_plot_is_drawn_again_where_there_is_less_room(page):
    from playwright.sync_api import expect

    drawing = page.get_by_role("img")
    wide = drawing.get_attribute("width")
    page.set_viewport_size({"width": 400, "height": 800})
    expect(drawing).not_to_have_attribute("width", wide)
    assert float(drawing.get_attribute("width")) < float(wide)
    assert drawing.get_attribute("width") == str(round(drawing.bounding_box()["width"]))


def test_moved_within_its_page_it_is_still_drawn_again(page):
    from playwright.sync_api import expect

    width = page.get_by_role("img").get_attribute("width")
    page.evaluate("() => document.querySelector('main').prepend(document.querySelector('glass-sweep'))")
    page.set_viewport_size({"width": 400, "height": 800})
    expect(page.get_by_role("img")).not_to_have_attribute("width", width)
    page.get_by_role("slider", name="power").press("ArrowLeft")
    check_frame(page, 1, "plus")


def test_bars_and_points_stand_where_the_record_says(page):
    """The third of four points at x = 2, y = 4 on axes from -1 to 4 and from -11 to 11."""
    line = page.locator("glass-sweep .line polyline").first.get_attribute("points")
    x, y = (list(map(float, pair)) for pair in zip(*(point.split() for point in _pairs(line)), strict=True))
    assert (x[2] - x[0]) / (x[3] - x[0]) == pytest.approx(2 / 3, abs=1e-3)
    assert (y[2] - y[0]) / (y[3] - y[0]) == pytest.approx(4 / 9, abs=1e-2)
    heights = [float(bar.get_attribute("height")) for bar in page.locator("glass-sweep .picture .bars rect").all()]
    assert heights[3] / heights[2] == pytest.approx(9 / 4, abs=1e-3)


def _pairs(points):
    numbers = points.split()
    return [" ".join(numbers[place : place + 2]) for place in range(0, len(numbers), 2)]


def test_with_scripts_off_there_is_a_table(browser, path):
    check_text_without_javascript(browser, path, "What is 3^2?", "plus x to the power 2; x = 3 gives 9.", "Answer")
