"""The three programmes where the stories take place, by their national identifiers."""

from __future__ import annotations

MAUBEUGE = "cde-010"
SAINT_OMER = "cde-050"
SEDAN = "cde-018"
PROGRAMMES = (MAUBEUGE, SAINT_OMER, SEDAN)
SLUGS = {MAUBEUGE: "maubeuge", SAINT_OMER: "saint-omer", SEDAN: "sedan"}
