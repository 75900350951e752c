"""What territories do: load the official geography or the starter set, read programmes' facts, find addresses."""

from sanscouture.territories.services.starter import load_starter_set, starter_programmes

__all__ = ["load_starter_set", "starter_programmes"]
