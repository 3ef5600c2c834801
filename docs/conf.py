"""The site in docs/: `make docs` builds it into dist/docs, warnings being errors."""

from picopanel import __version__

project = "PicoPanel"
author = "PicoPanel contributors"
copyright = "PicoPanel contributors, MIT licence"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["look"]

myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it in words
napoleon_use_rtype = False
default_role = "code"
toc_object_entries = False

html_theme = "alabaster"
html_title = f"PicoPanel {version}"
html_static_path = ["look"]
html_css_files = ["panel.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html"]}
html_theme_options = {
    "description": "LED buttons and a live chart for a Raspberry Pi Pico W, in one notebook cell.",
    "fixed_sidebar": True,
    "show_powered_by": False,
}
