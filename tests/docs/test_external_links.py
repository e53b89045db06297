"""Links to other sites were compared with the works that stand beside them, by hand. A new one is added here too."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
MADE = {"_build", "generated"}  # by a build of the site
DOCS = sorted(page for page in (ROOT / "docs").rglob("*.md") if not MADE & set(page.relative_to(ROOT).parts))
PAGES = [*DOCS, ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"]
LINK = re.compile(r"https?://[^\s)>\]\"`]+")
HOSTS = {"doi.org", "semver.org", "keepachangelog.com", "scientific-python.org", "docs.skore.probabl.ai"}
WORKS = {  # a DOI, and what the paragraph around it must say
    "10.1007/BF02478259": ("McCulloch and Pitts", "1943"),
    "10.1007/BF02551274": ("Cybenko", "1989", "Approximation by superpositions of a sigmoidal function"),
    "10.1023/A:1024068626366": ("Nadeau and Bengio", "2003", "Inference for the generalization error"),
    "10.1037/h0042519": ("Rosenblatt", "1958"),
    "10.1137/18M1165748": ("Higham", "2019", "Deep Learning: An Introduction for Applied Mathematicians"),
    "10.1214/20-AOS1965": ("Barber", "Candès", "Ramdas", "Tibshirani", "2021"),
    "10.48550/arXiv.1312.4400": ("Lin", "Chen", "Yan", "2014", "Network in network"),
    "10.48550/arXiv.1412.6572": ("Goodfellow", "Shlens", "Szegedy", "2015", "Explaining and harnessing"),
    "10.48550/arXiv.2109.00498": ("Bak", "Liu", "Johnson", "2021", "verification of neural networks competition"),
    "10.48550/arXiv.1706.06083": ("Madry", "2018", "Towards deep learning models resistant to adversarial attacks"),
}


def paragraphs_with_links(page: Path) -> list[tuple[str, str]]:
    """Return (link, the words of the paragraph it stands in), for every link of a page."""
    paragraphs = page.read_text(encoding="utf-8").split("\n\n")
    return [(link, " ".join(text.split())) for text in paragraphs for link in LINK.findall(text)]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_to_known_places_and_name_the_work(page: Path):
    for link, words in paragraphs_with_links(page):
        address = urlsplit(link)
        assert address.scheme == "https", link
        assert address.hostname in HOSTS, link
        if address.hostname == "doi.org":
            missing = [word for word in WORKS[address.path[1:]] if word not in words]
            assert not missing, (link, missing)


def test_links_are_found():
    found = {urlsplit(link).path[1:] for page in PAGES for link, _ in paragraphs_with_links(page) if "doi.org" in link}
    assert found == set(WORKS)
