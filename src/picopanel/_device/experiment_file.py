"""An experiment in a file: YAML as people mean it, each item with its line.

Nothing is made of a tag, an anchor or a date, and `on` and `off` are words, not true and false.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .._errors import InvalidExperiment
from .._errors.arguments import library

_LONGEST = 65_536  # bytes
_DEEPEST = 20
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_PLAIN_TAGS = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value", "merge")


class Located(dict[Any, Any]):
    """What was a mapping in a file; `lines` tells where each key stands."""

    lines: dict[Any, int]


class LocatedList(list[Any]):
    """What was a list in a file; `lines` tells where each item stands, by its position."""

    lines: dict[Any, int]


def read(path: Path) -> object:
    """Return what a file of YAML holds.

    Raises:
        InvalidExperiment: There is no such file, or it is no YAML, with its line.
        ModuleNotFoundError: PyYAML is not installed.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST + 1)
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        said = f"There is no file {path.name!r} in {path.absolute().parent}."
        raise InvalidExperiment([said]) from None
    except OSError as error:
        raise InvalidExperiment([f"{path.name} cannot be read: {error.strerror or error}."]) from None
    except UnicodeDecodeError:
        raise InvalidExperiment([f"{path.name} is no text in UTF-8. Save it as such."]) from None
    if len(data) > _LONGEST:
        raise InvalidExperiment([f"{path.name} is longer than {_LONGEST // 1024} KiB."])
    return parse(text, path.name)


def parse(text: str, name: str) -> object:
    """Return what a text of YAML holds; the name is for what is said of it."""
    yaml = library("yaml", "Reading an experiment", "pyyaml", " A list in Python needs nothing.")

    class Loader(yaml.SafeLoader):  # type: ignore[misc, name-defined]
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise _wrong(name, self.peek_event().start_mark, "an alias (*); write it out instead")
            return super().compose_node(parent, index)

    try:
        node = yaml.compose(text, Loader)
        return None if node is None else _value(yaml, node, name, 0)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise _wrong(name, mark, f"this is no YAML: {problem}") from None
    except RecursionError:
        raise _wrong(name, None, "it is nested too deep") from None


def _value(yaml: Any, node: Any, name: str, deep: int) -> Any:
    if deep > _DEEPEST:
        raise _wrong(name, node.start_mark, "it is nested too deep")
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if kind not in _PLAIN_TAGS:
        raise _wrong(name, node.start_mark, f"a tag ({node.tag[:64]}), of which nothing is made here")
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        items = LocatedList(_value(yaml, each, name, deep + 1) for each in node.value)
        items.lines = {nth: each.start_mark.line + 1 for nth, each in enumerate(node.value)}
        return items
    found = Located()
    found.lines = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
        if key is None:
            raise _wrong(name, key_node.start_mark, "a key that is no word")
        if key in found:
            raise _wrong(name, key_node.start_mark, f"{key[:64]!a} is there twice")
        found.lines[key] = key_node.start_mark.line + 1
        found[key] = _value(yaml, value_node, name, deep + 1)
    return found


def _scalar(node: Any) -> Any:
    text: str = node.value
    if node.style is not None:  # in quotes
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text) is None:
        return text
    return int(text) if text.lstrip("+-").isdigit() and len(text) < 18 else float(text)


def _wrong(name: str, mark: Any, said: str) -> InvalidExperiment:
    where = name if mark is None else f"{name}, line {mark.line + 1}"
    return InvalidExperiment([f"{where}: {said}."])
