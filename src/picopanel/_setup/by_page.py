"""A plan carried out by a page, to whose computer the board is plugged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Any

from .._errors import NotConnected
from .files import download
from .micropython import MODELS, address, image_for
from .plan import AT_THE_BOARD, TROUBLE, Done, Plan

_LONGEST = 1000  # characters of what a page says
_LOOK_EVERY = 0.2  # seconds

Message = tuple[dict[str, Any], list[bytes]]


class ByPage:
    """Hands a plan to a page, and hears from it, while it is there, how far it has come.

    The plan has the broker's password, so it is sent when the page asks for it, and is kept nowhere.
    """

    def __init__(self, pause: Callable[[float], object]) -> None:
        self._pause = pause
        self._plan: Plan | None = None
        self._heard: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._images: dict[str, Message | None] = {}  # by model; None is being fetched

    def message(self) -> Message | None:
        """Return the plan as a message with a buffer for each file; None while there is none."""
        plan = self._plan and self._plan._asdict()
        if plan is None:
            return None
        files = plan.pop("files")
        micropython = {"address": address("MODEL"), "models": MODELS}
        more = {"steps": AT_THE_BOARD, "trouble": TROUBLE, "micropython": micropython}
        told = {"type": "plan", **plan, "files": list(files), **more}
        return told, list(files.values())

    def image(self, model: object) -> Message | None:
        """Return MicroPython for a model of `MODELS`, or what is wrong with it; None until it has come."""
        if self._plan is None or not isinstance(model, str) or model not in MODELS.values():
            return None
        if model not in self._images:
            self._images[model] = None
            self._heard.put({"type": "fetch", "model": model})
        return self._images.pop(model) if self._images[model] else None

    def hear(self, message: dict[str, Any]) -> None:
        """Take what a page says of its work; what comes while none is done counts for nothing."""
        if self._plan is not None and message.get("type") != "fetch":
            self._heard.put(message)

    def carry_out(self, plan: Plan, is_back: Callable[[], bool]) -> Iterator[Done]:
        """Tell each step as the page does; the board itself tells of one that cannot talk to its card."""
        self._heard, self._images, self._plan = SimpleQueue(), {}, plan
        try:
            for step in AT_THE_BOARD:
                said = self._next(step, is_back)
                if said is None:
                    return
                yield Done(step, said)
        finally:
            self._plan = None

    def _next(self, step: str, is_back: Callable[[], bool]) -> str | None:
        """Wait until this step has been done; None if the board has been started meanwhile."""
        while True:
            try:
                message = self._heard.get_nowait()
            except Empty:
                if is_back():
                    return None
                self._pause(_LOOK_EVERY)
                continue
            text = str(message.get("says", ""))[:_LONGEST]
            if message.get("type") == "fetch":
                self._fetch(message["model"])
            if message.get("type") == "failed":
                raise NotConnected(text)
            if message.get("type") == "did" and message.get("step") == step:
                return text

    def _fetch(self, model: str) -> None:
        told = {"type": "micropython", "model": model, "wrong": None}
        try:
            self._images[model] = told, [image_for(model, download)]
        except NotConnected as error:
            self._images[model] = {**told, "wrong": str(error)}, []
