"""The README is read outside the repository too, as the package's description, where a relative link leads nowhere."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
TARGETS = (
    re.compile(r"\]\(\s*<?([^)\s>]+)"),  # [text](target), ![text](target)
    re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)", re.MULTILINE),  # [name]: target
    re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE),
)


def relative_links(markdown: str) -> list[str]:
    """Return the targets of links and images that are neither whole addresses nor places in the same text."""
    text = CODE.sub("code", markdown)
    targets = [found for pattern in TARGETS for found in pattern.findall(text)]
    return [target for target in targets if not re.match(r"(https?:|mailto:|#)", target)]


def test_no_link_of_the_description_is_relative():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert relative_links((ROOT / project["readme"]).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("markdown", "targets"),
    [
        ("see [the recipe](docs/recipe.md)", ["docs/recipe.md"]),
        ("[`backward`](src/glassnet/network/backward.py)", ["src/glassnet/network/backward.py"]),
        ("![a figure](figure.png)", ["figure.png"]),
        ("[the recipe][1]\n\n[1]: docs/recipe.md", ["docs/recipe.md"]),
        ('<img src="figure.png">', ["figure.png"]),
        ("`docs/recipe.md`, [above](#speed), [there](https://example.org/a)", []),
        ("```\nmodels[0](x)\n```", []),
    ],
)
def test_the_law_sees_relative_links_and_no_others(markdown, targets):
    assert relative_links(markdown) == targets
