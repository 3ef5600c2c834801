"""What a panel and a wall share as widgets of ipywidgets."""

from __future__ import annotations

import ipywidgets


def widget_arguments() -> tuple[str, ...]:
    """Return what ipywidgets lets a user give to each widget, such as `layout`."""
    return tuple(
        name for name in ipywidgets.DOMWidget.class_trait_names(sync=True) if not name.startswith("_")
    )
