"""All views of the front end on one page, dressed as each host dresses its pages."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path

import jupyterlab
from playwright.sync_api import Page

from picopanel._page.snapshot import PanelSnapshot
from picopanel._page.widget import loader, shared_assets
from picopanel._store import Origin, Store
from picopanel._store.levels import Level
from picopanel._wall.tiles import WallSnapshot

from ..support.npm import npm_file

SCRIPT = Path(__file__).with_name("gallery.js")
JUPYTERLAB = Path(jupyterlab.__file__).parents[4] / "share/jupyter/lab/themes/@jupyterlab"
VSCODE = "@vscode/jupyter-ipywidgets8@1.0.9"
BOOTSTRAP = "bootstrap@5.3.8"
PICO_CSS = "@picocss/pico@2.1.1"


@dataclass(frozen=True)
class Dress:
    """What a host does to a page: attributes, and sheets."""

    html: str = ""
    body: str = ""
    sheet: str = ""
    dark: bool = False
    scheme: str = "light"
    """What the browser says that its user prefers."""
    forced: bool = False


def jupyterlab_dress(name: str, folder: str, light: str) -> Dress:
    sheet = (JUPYTERLAB / folder / "index.css").read_text()
    page = "body { background: var(--jp-layout-color0); color: var(--jp-content-font-color1) }"
    body = f'data-jp-theme-light="{light}" data-jp-theme-name="{name}"'
    return Dress(body=body, sheet=sheet + page, dark=light == "false")


def manager_sheet() -> str:
    """Return the variables that VS Code's widget manager sets in every theme."""
    source = npm_file(VSCODE, "dist/ipywidgets.js").read_text()
    sheets = [text for text in re.findall(r":root \{[^}]*\}", source) if "--jp-layout-color1" in text]
    assert sheets, f"{VSCODE} has no sheet of JupyterLab's variables any more"
    return "".join(text.replace("\\n", "\n") for text in sheets)


def vscode_dress(classes: str, ground: str, ink: str, *, dark: bool) -> Dress:
    """As a webview of VS Code: classes on the body, variables on the root, a white ground for widgets."""
    variables = f'style="--vscode-editor-background: {ground}; --vscode-editor-foreground: {ink}"'
    page = f"body {{ background: {ground}; color: {ink} }} .widgets {{ background: white !important }}"
    return Dress(variables, f'class="{classes}"', manager_sheet() + page, dark)


def colab_dress(theme: str, ink: str) -> Dress:
    """As Colab's frame: its widget manager's own ground in both themes, the ink from Colab's theme."""
    ground = "#383838" if theme == "dark" else "#fff"
    page = f"body {{ background: {ground}; color: {ink} }}"
    sheet = f":root {{ --jp-layout-color1: white; --jp-ui-font-color1: {ink} }} {page}"
    return Dress(f'theme="{theme}"', "", sheet, theme == "dark")


def page_dress(html: str, *, dark: bool) -> Dress:
    """As marimo and pages of Sphinx: no variable of theirs is one that we know."""
    page = f"body {{ background: {'#181c1a' if dark else '#fff'}; color: {'#eee' if dark else '#111'} }}"
    return Dress(html, "", page, dark)


def sheet_dress(html: str, package: str, path: str, *, dark: bool) -> Dress:
    """As a page with a sheet for its own cards, figures and buttons; its user prefers the other theme."""
    sheet = npm_file(package, path).read_text()
    return Dress(html, "", sheet, dark, scheme="light" if dark else "dark")


def bootstrap_dress(theme: str) -> Dress:
    """As Quarto, and Sphinx with pydata's theme: `.card` and `.figure` are something else there."""
    return sheet_dress(f'data-bs-theme="{theme}"', BOOTSTRAP, "dist/css/bootstrap.css", dark=theme == "dark")


def ground_dress(body: str, ground: str, *, dark: bool) -> Dress:
    """As a page that says of its theme what we do not know, to a user who prefers the other."""
    return Dress("", body, f"body {{ background: {ground} }}", dark, scheme="light" if dark else "dark")


# JupyterLab 4.6 has three themes: no light one in high contrast.
DRESSES = {
    "Colab, light": lambda: colab_dress("light", "#212121"),
    "Colab, dark": lambda: colab_dress("dark", "#e3e3e3"),
    "JupyterLab Light": lambda: jupyterlab_dress("JupyterLab Light", "theme-light-extension", "true"),
    "JupyterLab Dark": lambda: jupyterlab_dress("JupyterLab Dark", "theme-dark-extension", "false"),
    "JupyterLab Dark High Contrast": lambda: jupyterlab_dress(
        "JupyterLab Dark High Contrast", "theme-dark-high-contrast-extension", "false"
    ),
    "VS Code, light": lambda: vscode_dress("vscode-light", "#ffffff", "#3b3b3b", dark=False),
    "VS Code, dark": lambda: vscode_dress("vscode-dark", "#1f1f1f", "#cccccc", dark=True),
    "VS Code, Solarized Light": lambda: vscode_dress("vscode-light", "#fdf6e3", "#657b83", dark=False),
    "VS Code, high contrast": lambda: vscode_dress("vscode-high-contrast", "#000000", "#ffffff", dark=True),
    "VS Code, high contrast light": lambda: vscode_dress(
        "vscode-high-contrast-light vscode-high-contrast", "#ffffff", "#292929", dark=False
    ),
    "marimo, light": lambda: page_dress('class="light"', dark=False),
    "marimo, dark": lambda: page_dress('class="dark dark-theme"', dark=True),
    "Sphinx, light": lambda: page_dress('data-theme="light"', dark=False),
    "Sphinx, dark": lambda: page_dress('data-theme="dark"', dark=True),
    "furo, light": lambda: ground_dress('data-theme="light"', "#fff", dark=False),
    "furo, dark": lambda: ground_dress('data-theme="dark"', "#131416", dark=True),
    "Material for MkDocs, dark": lambda: ground_dress('data-md-color-scheme="slate"', "#1e2129", dark=True),
    "bare, its reader in the dark": lambda: Dress(scheme="dark"),
    "bare, for light and dark": lambda: Dress(
        sheet=":root { color-scheme: light dark }", dark=True, scheme="dark"
    ),
    "Bootstrap, light": lambda: bootstrap_dress("light"),
    "Bootstrap, dark": lambda: bootstrap_dress("dark"),
    "Pico CSS, dark": lambda: sheet_dress('data-theme="dark"', PICO_CSS, "css/pico.css", dark=True),
    "forced colours, light": lambda: Dress(forced=True),
    "forced colours, dark": lambda: Dress(forced=True, dark=True, scheme="dark"),
}


def stills() -> str:
    """Return the still pictures of a panel and of a wall, as they stand where no script runs."""
    state, levels = {"id": "alice-07", "virtual": True, "led": True}, [Level("temperature", "high", 25.0)]
    store = Store()
    store.append(Origin("temperature"), [1e12, 1e12 + 1000], [23.0, 24.0])
    store.append(Origin("light"), [1e12], [300.0])
    units = {"temperature": "°C", "light": "lx"}
    panel = PanelSnapshot(state, store.since(0), units, 1e12, levels=levels).html()
    tile = {"id": "bob-08", "word": "offline", "led": None, "value": 2, "unit": "", "trouble": "No power."}
    sections = {"still": panel, "still-wall": WallSnapshot([tile], 1e12).html()}
    return "".join(f"<section id={name}>{html}</section>" for name, html in sections.items())


def open_gallery(page: Page, dress: Dress, folder: Path) -> None:
    """Open the page, and wait until every view says all that it can."""
    programs = {"loader": "panel", "wallLoader": "wall", "setupLoader": "setup"}
    code = {key: loader(name) for key, name in programs.items()}
    apps = {"app": "panel", "wallApp": "wall", "setupApp": "setup"}
    code |= {key: base64.b64encode(shared_assets(name).bundle).decode() for key, name in apps.items()}
    path = folder / "gallery.html"
    path.write_text(
        f"<!doctype html><html {dress.html}><meta charset=utf-8><title>Gallery</title>"
        "<meta name=viewport content='width=device-width'>"
        f"<style>{dress.sheet}</style><body {dress.body}>"
        f"<main id=views><div class=widgets></div>{stills()}</main>"
        f"<script>{SCRIPT.read_text()}</script></body></html>",
        encoding="utf-8",
    )
    forced = "active" if dress.forced else "none"
    page.emulate_media(color_scheme=dress.scheme, forced_colors=forced)
    page.goto(path.as_uri())
    page.evaluate("async code => { await unfold((window.places = await gallery(code))); }", code)
