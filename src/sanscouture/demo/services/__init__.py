"""Building the demonstration, step by step, and playing its stories."""

from sanscouture.demo.services.build import build_demo
from sanscouture.demo.services.cast import ensure_cast

__all__ = ["build_demo", "ensure_cast"]
