"""What is a connection, or leads to one, is there once: neither copied nor pickled."""

from __future__ import annotations

from typing import NoReturn

from ._errors import NotPickled


class OneOnly:
    """Refuses to be copied or pickled, always with the same error."""

    def __copy__(self) -> NoReturn:
        self._refuse()

    def __deepcopy__(self, memo: object) -> NoReturn:
        self._refuse()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise NotPickled(
            f"A {type(self).__name__} belongs to a connection and is not copied or pickled. "
            "What has been measured can be: to_dataframe()."
        )
