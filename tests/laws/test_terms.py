"""The field's terms: private words of earlier versions name nothing in the code, and stand in no text for users."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "glassnet"
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

# The old word as a part of a name, and the term that says it.
NAMES = {
    "unknowns": "parameters",
    "blind": "out of fold, test",
    "held": "validation rows, held_fixed, or what is held",
    "paces": "learning-rate multipliers",
    "looks": "data-dependent initialisation",
    "share": "fraction, weight",
    "course": "training state",
    "untrained": "member set-up",
    "eyes": "member scaling",
    "view": "member data",
    "views": "member data, slices",
    "plan": "static configuration",
    "settings": "dynamic configuration",
    "pulls": "coefficients",
    "lowered": "backward-propagated",
    "raised": "forward-propagated",
    "bent": "coordinatewise",
    "mixed": "linear",
    "lightness": "inverse mean weight",
    "stale": "epochs without improvement",
    "memory": "optimiser state",
    "theta": "flat parameters",
    "Theta": "flat parameters",
    "spread": "scale, interquartile range",
    "whole": "integer, all rows",
    "truth": "boolean, targets",
    "word": "uint32, text",
    "Rectifier": "ReLU",
    "LeakyRectifier": "LeakyReLU",
    "OwnLoss": "CustomLoss",
    "Given": "Constant",
    "Scaling": "InputScaling",
    "Parametric": "ParametricActivation",
    "blindness": "calibration",
    "entrance": "input table",
    "waves": "fast trigonometry",
    "unlearned": "stateless",
    "hints": "type checks",
}
STANDARD = {
    "held_out",
    "context_settings",
    "share_memory",
    "max_memory",  # of the machine
    "memory_stats",  # of a device of JAX
    "sliding_window_view",
    "get_type_hints",
    "type_hints",
    "truth",  # a parameter: the true function, of which samples are drawn
}  # the field's own
# A file's old name, and what it is now.
FILES = {
    **{"faces": "cli", "seeing": "trace", "using": "predict", "group": "app"},
    **{"checking": "validation", "course": "(gone)", "planning": "build", "raw": "dataset", "guard": "transaction"},
    **{"rules": "constraints", "blocks": "batched_prediction", "blindness": "calibration", "widths": "adaptive_width"},
    **{"label_sets": "prediction_sets", "choice": "auto_solver", "views": "member_data", "flat": "ravel"},
    **{"descent": "optimizers", "rosenblatt": "perceptron_rule", "chunks": "inference", "unlearned": "stateless"},
    **{"waves": "fast_trigonometry", "noise": "hash_rng", "operators": "image_filters", "initial": "initializers"},
    **{"steps": "propagation", "curves": "coordinatewise", "lines": "linear_relaxation", "relaxed": "relaxation"},
    **{"largest": "max_pool", "entrance": "input_table", "reach": "perturbation_scale", "sums": "kth_smallest"},
    **{"level": "coverage", "spread": "error_scale", "hints": "type_checks", "inspection": "validation"},
    **{"records": "codec", "box": "input_boxes", "row": "sample_trace", "sizes": "search_report"},
    **{"array_tables": "formatting", "table": "data", "guarantees": "conformal, verification, attacks"},
}
# What no text for users says, where the word has no other meaning or only in this company.
PHRASES = (
    r"unknowns",
    r"blind(ness)?",
    r"held rows",
    r"paces",
    r"learning paces",
    r"lightness",
    r"untrained",
    r"whole numbers?",
    r"(leaky )?rectifier",
    r"own loss",
    r"mixtures? of waves",
    r"the truth",
    r"spreads?",
)
PATTERN = re.compile(rf"\b(?:{'|'.join(PHRASES)})\b", re.IGNORECASE)
QUOTATIONS = ("more unknowns than equations",)  # of the lecture


def parts(name: str) -> set[str]:
    return {name, *name.strip("_").split("_")}


def names_in(tree: ast.AST) -> list[tuple[str, int]]:
    """Return every name that the code defines or uses, with its line."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                found.append((name, node.lineno))
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.keyword(arg=str(name)):
                found.append((name, node.lineno))
    return found


def messages_in(tree: ast.AST) -> list[tuple[str, int]]:
    """Return every text in code that is no docstring, with its line: messages, titles and helps."""
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        (node.value, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


def private_phrases(text: str) -> list[str]:
    for quotation in QUOTATIONS:
        text = text.replace(quotation, "")
    return [found.group() for found in PATTERN.finditer(text)]


def sources(but: tuple[str, ...] = ("exchange/format2.py",)) -> list[Path]:
    """Return the modules, but for the table of old names."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if str(path.relative_to(SOURCE)) not in but]


def test_no_file_has_an_old_name():
    places = [path.relative_to(SOURCE).with_suffix("") for path in SOURCE.rglob("*.py")]
    assert [str(place) for place in places if FILES.keys() & set(place.parts)] == []


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_code_speaks_the_fields_terms(path):
    tree = ast.parse(path.read_text())
    old = [
        f"{path.name}:{line}: {name} ({NAMES[part]})"
        for name, line in names_in(tree)
        if name not in STANDARD
        for part in parts(name)
        if part in NAMES
    ]
    old += [f"{path.name}:{line}: {text!r}" for text, line in messages_in(tree) if private_phrases(text)]
    assert old == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_texts_speak_the_fields_terms(path):
    lines = enumerate(path.read_text().splitlines(), start=1)
    assert [(number, line) for number, line in lines if private_phrases(line)] == []


def test_an_old_name_would_be_found():
    tree = ast.parse("def read(held_rows):\n    raise ValueError('the truth is untrained')")
    assert [name for name, _ in names_in(tree) if NAMES.keys() & parts(name)] == ["held_rows"]
    assert [private_phrases(text) for text, _ in messages_in(tree)] == [["the truth", "untrained"]]
