"""The page alone: the front end on a model without a kernel, its work per paint counted."""

import base64
from typing import Any

from playwright.sync_api import Page, Route

from picopanel._page.widget import STATIC
from tests.support.browser import Window, chromium

from .table import Row, tell

URL = "http://127.0.0.1/bench/"
SHOW = """async bundle => {
    const bytes = Uint8Array.from(atob(bundle), it => it.charCodeAt(0));
    const heard = new Set();
    const traits = { _assets: 'IPY_MODEL_a', _state: null, _recorded: null };
    const model = {
        get: name => traits[name], send() {}, off() {},
        on: (event, hear) => event === 'msg:custom' && heard.add(hear),
        widget_manager: { get_model: async () => ({ get: () => new DataView(bytes.buffer) }) },
    };
    let next = 0;
    window.rows = (times, values) => {
        const rows = { first: next, end: next += times.length, floor: 0, origin: 1,
            origins: { 1: { channel: 'temperature', boot: 'a', interval: null, virtual: false } } };
        const buffers = [times, values].map(it => new DataView(Float64Array.from(it).buffer));
        for (const hear of heard) hear({ type: 'news', now: Date.now(), rows }, buffers);
    };
    const el = document.body.appendChild(document.createElement('div'));
    const widget = (await import('/bench/loader.js')).default();
    widget.initialize({ model });
    widget.render({ model, el });
}"""
# `stored` readings, of them `shown` in the minute that the chart shows; then 60 batches of 20, each timed.
WORK = """async ([stored, shown]) => {
    const now = Date.now(), value = n => 20 + Math.sin(n / 500);
    const old = stored - shown;
    const times = Array.from({ length: stored }, (_, n) =>
        n < old ? now - 7.2e6 + n * 7.1e6 / stored : now - 59e3 + (n - old) * 58e3 / shown);
    for (let at = 0; at < stored; at += 20000) {
        const part = times.slice(at, at + 20000);
        rows(part, part.map((_, n) => at + n === stored - Math.floor(shown / 2) ? 99 : value(at + n)));
    }
    const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 5)));
    for (let warm = 0; warm < 20; warm++) await frame();
    const plot = document.querySelector('.js-plotly-plot');
    const costs = [];
    let painted = 0;
    plot.on('plotly_afterplot', () => painted++);
    while (costs.length < 60) {
        await frame(); await frame();
        const before = painted, start = performance.now();
        rows(Array.from({ length: 20 }, (_, n) => Date.now() + n / 20), Array(20).fill(20));
        const cost = performance.now() - start;
        for (let turn = 0; turn < 10; turn++) await null; // Plotly tells of its work a few promises later
        if (painted > before) costs.push(cost);
    }
    costs.sort((a, b) => a - b);
    return { median: costs[30], p95: costs[57], spike: Array.from(plot.data[0].y).includes(99) };
}"""


def rows() -> list[Row]:
    with chromium() as browser:
        tell("the page: a paint with little and with much stored")
        few, many = (work(browser, stored, 1000) for stored in (10_000, 1_000_000))
        tell("the page: a window of 100 000 readings")
        full = work(browser, 100_000, 100_000)
    ratio = many["median"] / few["median"]
    figure = f"{ratio:.2f} ({many['median']:.1f} of {few['median']:.1f} ms)"
    return [
        Row("page: a paint at 1,000,000 stored, of one at 10,000", figure, "1.2", ratio <= 1.2),
        Row(
            "chart work per paint, 100,000 readings in the window",
            f"{full['median']:.1f} ms (p95 {full['p95']:.1f})",
            "10 ms",
            full["median"] <= 10,
        ),
        Row("a one-sample spike among them is drawn", "yes" if full["spike"] else "no", "yes", full["spike"]),
    ]


def work(browser: Any, stored: int, shown: int) -> dict[str, Any]:
    """Return the better of two runs."""
    return min((_work(browser, stored, shown) for _ in range(2)), key=lambda run: run["median"])


def _work(browser: Any, stored: int, shown: int) -> dict[str, Any]:
    window = Window(browser, width=1000, height=800)
    page: Page = window.page()
    page.route(URL + "**", _serve)
    page.goto(URL)
    page.evaluate(SHOW, base64.b64encode((STATIC / "panel.js.gz").read_bytes()).decode())
    page.wait_for_selector(".js-plotly-plot .xtick")
    found = dict(page.evaluate(WORK, [stored, shown]))
    window.close()
    return found


def _serve(route: Route) -> None:
    if route.request.url.endswith("loader.js"):
        route.fulfill(path=STATIC / "panel-loader.js", content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>bench</title>", content_type="text/html")
