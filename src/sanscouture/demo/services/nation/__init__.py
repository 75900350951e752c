"""The country at work: invented people in every real programme that has no story, written in bulk.

The same day gives the same country. Each programme is one transaction: a run that is stopped goes on where it was.
"""

from sanscouture.demo.services.nation.building import Built, build_nation, build_programme, invent_programmes

__all__ = ["Built", "build_nation", "build_programme", "invent_programmes"]
