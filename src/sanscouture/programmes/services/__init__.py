"""What programmes do: be loaded, gather partners and a team, open roles."""

from sanscouture.programmes.services.imports import import_programmes, load_programmes, load_starter_programmes

__all__ = ["import_programmes", "load_programmes", "load_starter_programmes"]
