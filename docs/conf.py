"""The site in docs/: `make docs` builds it into dist/docs, warnings being errors."""

from picopanel import __version__

project = "PicoPanel"
author = "PicoPanel contributors"
copyright = "PicoPanel contributors, MIT licence"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["look"]

myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it in words
napoleon_use_rtype = False
default_role = "code"
toc_object_entries = False

copybutton_prompt_text = ">>> "  # an example's prompt is not to be copied, nor what it prints
copybutton_only_copy_prompt_lines = True

html_theme = "furo"  # it follows the viewer's light or dark, and a phone's width
html_title = f"PicoPanel {version}"
html_static_path = ["look"]
html_css_files = ["panel.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False

_LETTERS = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif'
_SIDEBAR = {
    f"color-sidebar-link-text{level}": "var(--color-foreground-primary)" for level in ("", "--top-level")
}
html_theme_options = {
    "light_css_variables": {
        "font-stack": _LETTERS,
        "color-foreground-primary": "#1b1f24",
        "color-foreground-secondary": "#57606c",
        "color-brand-primary": "#c51a4a",
        "color-brand-content": "#1565c0",
        "color-background-border": "#dde1e6",
        "color-code-background": "#f0f2f5",
        **_SIDEBAR,
    },
    "dark_css_variables": {
        "color-foreground-primary": "#e8eaed",
        "color-foreground-secondary": "#a3acb8",
        "color-background-primary": "#16191d",
        "color-background-secondary": "#1c2025",
        "color-brand-primary": "#ff6b8f",
        "color-brand-content": "#6cb6ff",
        "color-background-border": "#333a43",
        "color-code-background": "#262c33",
        **_SIDEBAR,
    },
}
