"""All hosts by name, those that add themselves among them."""

from . import colab, lite, others
from .servers import HOSTS
from .vscode.host import VSCode

__all__ = ["HOSTS", "VSCode", "colab", "lite", "others"]
