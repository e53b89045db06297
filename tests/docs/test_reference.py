"""Every public name stands once in the reference, and has an example that runs and prints what it says."""

import doctest
import warnings

import matplotlib as mpl
import pytest
from public_names import PUBLIC, listed

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def examples(name: str) -> doctest.DocTest | None:
    """Return the examples of a public name; None where it has none."""
    found = doctest.DocTestFinder(recurse=False).find(PUBLIC[name], name, globs={})
    return next((test for test in found if test.examples), None)


def test_every_public_name_stands_once_in_the_lists_of_the_reference():
    assert sorted(listed()) == sorted(PUBLIC)


def test_every_public_name_has_an_example():
    assert [name for name in PUBLIC if examples(name) is None] == []


@pytest.mark.site
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_the_example_prints_what_stands_below_it(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mpl.use("Agg")
    test, lines = examples(name), []
    assert test is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=lines.append)
    assert lines == []
    assert [*tmp_path.iterdir()] == [], "an example leaves files behind"
