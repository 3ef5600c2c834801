"""What a user holds of a connection: there is one of it, and it lists its own names."""

from __future__ import annotations

from typing import NoReturn

from . import NotPickled


class Uncopied:
    """Is neither copied nor pickled, always with the same error; `dir()` leaves out ipywidgets' names."""

    def __dir__(self) -> list[str]:
        kinds = [kind for kind in type(self).__mro__ if kind.__module__.startswith("picopanel")]
        ours = {"layout", "observe", "unobserve", *vars(self)}.union(*map(vars, kinds))
        ours.discard("model_id")  # ipywidgets' own, however we give it
        return [name for name in super().__dir__() if name in ours or name.startswith("_")]

    def __reduce_ex__(self, _: object = None) -> NoReturn:
        raise NotPickled(
            f"A {type(self).__name__} belongs to a connection and is not copied or pickled. "
            "What has been measured can be: to_dataframe()."
        )

    __copy__ = __deepcopy__ = __reduce_ex__  # ipywidgets has its own of these
