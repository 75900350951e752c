"""Who acts in each programme of the demonstration, a module a town."""

from sanscouture.demo.rules.towns import (
    grenoble,
    maubeuge,
    narbonne,
    nation,
    pau,
    roubaix,
    saint_omer,
    sedan,
    val_de_reuil,
)

TOWNS = (
    maubeuge.TOWN,
    saint_omer.TOWN,
    sedan.TOWN,
    narbonne.TOWN,
    pau.TOWN,
    val_de_reuil.TOWN,
    grenoble.TOWN,
    roubaix.TOWN,
)
NATION = nation.TOWN

__all__ = ["NATION", "TOWNS"]
