"""The figures of cohorts as tables with their bars, small numbers kept from those who may not read the people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sanscouture.pathways.enums import AdmissionState
from sanscouture.pathways.rules.cohorts import SMALL, shown_count
from sanscouture.pathways.selectors.cohort_figures import CohortFigures
from sanscouture.ui.bars import Bars

NOTHING = "–"
Named = Sequence[tuple[str, CohortFigures]]
"""Cohorts by their name."""


@dataclass(frozen=True)
class Shown:
    """How figures are said to a reader. `entitled`: may read the people of the whole programme."""

    entitled: bool

    def people(self, n: int) -> str:
        """A number of people."""
        return shown_count(n, entitled=self.entitled)

    def _hidden(self, figures: CohortFigures) -> bool:
        return not self.entitled and figures.admitted < SMALL

    def rate(self, figures: CohortFigures) -> str:
        """The presence, in per cent."""
        if figures.presence is None or self._hidden(figures):
            return NOTHING
        return _("%(n)d %%") % {"n": figures.presence}

    def delay(self, days: int | None, figures: CohortFigures) -> str:
        """A delay in days."""
        return NOTHING if days is None or self._hidden(figures) else str(days)


def barriers_table(cohorts: Named, shown: Shown) -> Bars:
    """For each field, how many people had it as a barrier when they entered, and now."""
    several = len(cohorts) > 1
    head = [_("Champ")]
    for name, _figures in cohorts:
        head += [f"{name} : {word}" if several else word for word in (_("à l’entrée"), _("aujourd’hui"))]
    rows = []
    for rank, field in enumerate(cohorts[0][1].fields):
        cells: list[tuple[str, int]] = []
        for _name, figures in cohorts:
            one = figures.fields[rank]
            cells += [(shown.people(n), _width(n, figures.admitted, shown)) for n in (one.then, one.now)]
        rows.append((field.name, cells))
    return Bars(_("Freins à l’entrée et aujourd’hui, en nombre de personnes"), head, rows)


def figures_table(cohorts: Named, shown: Shown) -> Bars:
    """The figures of cohorts, one line each, one column by cohort."""
    lines = [
        (_("Signalées en tout"), [shown.people(sum(one.states.values())) for _name, one in cohorts]),
        (_("Admises"), [shown.people(one.admitted) for _name, one in cohorts]),
        (_("En réserve"), [shown.people(one.states.get(AdmissionState.RESERVE, 0)) for _name, one in cohorts]),
        (_("Admises hors quartier"), [shown.people(one.outside) for _name, one in cohorts]),
        (_("Présence aux séances"), [shown.rate(one) for _name, one in cohorts]),
        (_("Étapes faites"), [str(one.steps_done) for _name, one in cohorts]),
        (_("Étapes à venir"), [str(one.steps_ahead) for _name, one in cohorts]),
        (_("Sans étape à venir"), [shown.people(one.without_step) for _name, one in cohorts]),
        (_("Parcours clos"), [shown.people(one.left) for _name, one in cohorts]),
        (
            _("Jours du signalement à la décision (médiane)"),
            [shown.delay(one.to_decision, one) for _name, one in cohorts],
        ),
        (
            _("Jours de l’admission à la première étape faite (médiane)"),
            [shown.delay(one.to_first_step, one) for _name, one in cohorts],
        ),
    ]
    rows = [(label, [(text, 0) for text in texts]) for label, texts in lines]
    caption = _("Les cohortes côte à côte") if len(cohorts) > 1 else _("Les chiffres de la cohorte")
    return Bars(caption, [_("Chiffre"), *(name for name, _one in cohorts)], rows)


def _width(n: int, out_of: int, shown: Shown) -> int:
    """The bar of a number of people, in per cent; none where the number itself is kept."""
    if not out_of or (not shown.entitled and n < SMALL):
        return 0
    return min(100, round(100 * n / out_of))
