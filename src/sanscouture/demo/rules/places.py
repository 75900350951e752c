"""The programmes where the stories take place, by their national identifiers. Real places, invented people."""

from __future__ import annotations

MAUBEUGE = "cde-010"
SAINT_OMER = "cde-050"
SEDAN = "cde-018"
NARBONNE = "cde-014"
PAU = "cde-043"
VAL_DE_REUIL = "cde-022"
GRENOBLE = "cde-026"
ROUBAIX = "cde-063"

STORIED = (MAUBEUGE, SAINT_OMER, SEDAN, NARBONNE, PAU, VAL_DE_REUIL, GRENOBLE, ROUBAIX)
"""All of them: the rest of the country is invented without stories."""
