"""How Sphinx builds the site: `make docs`."""

import sys
from pathlib import Path

import glassnet

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "glassnet"
author = "The authors of glassnet"
copyright = author
version = release = glassnet.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "sphinx_click",
    "sphinx_copybutton",
    "sphinx_design",
    "mathml",
    "commands",
    "lessons",
    "docstrings",
    "kernel",
    "accessible",
]
exclude_patterns = ["_build", "_kernel"]
templates_path = ["_templates"]
smartquotes = False  # which would make one dash of the two of an option
default_role = "py:obj"

# Pages are notebooks in Markdown: every cell runs, one that fails stops the build, and nothing is kept from before.
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_show_tb = True
nb_ipywidgets_js = {}  # which would be asked of another machine
nb_merge_streams = True
nb_execution_in_temp = True

autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

toc_object_entries_show_parents = "hide"  # `fit` and not `NetworkRegressor.fit`, which has no room in the side bar
html_theme = "pydata_sphinx_theme"
html_title = "glassnet"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "_static/favicon.svg"
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "navigation_depth": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
copybutton_exclude = ".linenos, .gp, .go"

# `Trace` and `trace` have pages whose names differ on every file system.
_functions = [name for name in glassnet.__all__ if name[0].islower()]
_classes = {name.lower() for name in glassnet.__all__ if name[0].isupper()}
autosummary_filename_map = {f"glassnet.{name}": f"glassnet.{name}-function" for name in _functions if name in _classes}
