"""The table between the two lists of QPV: what each of 2024 was before."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from sanscouture.territories.enums import Dataset, Passage
from sanscouture.territories.models import Qpv, QpvPassage
from sanscouture.territories.services.readers import RawRow, RowRefused, read_csv
from sanscouture.territories.services.reports import Report, remember

PASSAGES = "qpv/crosswalk_qpv2024_qpv2015.csv"
STATUSES = {
    "inchange": Passage.UNCHANGED,
    "modifie": Passage.MODIFIED,
    "nouveau": Passage.NEW,
    "commune_entiere": Passage.WHOLE_COMMUNE,
}

Line = tuple[str, str | None, str]
"""Code of 2024, code of 2015 if there was one, change."""


@transaction.atomic
def load_passages(folder: Path) -> Report:
    """Make the table what the file says: missing lines are added, those that it no longer has are removed.

    Raises Refused when the file cannot be read; a line naming an unknown QPV or change is refused alone.
    """
    report = Report(Dataset.PASSAGES, PASSAGES)
    codes = frozenset(Qpv.objects.order_by().values_list("pk", flat=True))
    told: set[Line] = set()
    for row in read_csv(folder / PASSAGES, ("code_qp_2024", "code_qp_2015", "statut")):
        report.read += 1
        try:
            told.add(_line(row, codes))
        except RowRefused as refusal:
            report.refusals.append((row.line, str(refusal)))
    before = {
        (qpv, former, status): key
        for key, qpv, former, status in QpvPassage.objects.order_by().values_list("pk", "qpv", "former", "status")
    }
    gone = QpvPassage.objects.filter(pk__in=[key for line, key in before.items() if line not in told])
    report.updated = gone.delete()[0]
    new = QpvPassage.objects.bulk_create(
        QpvPassage(qpv_id=qpv, former_id=former, status=status) for qpv, former, status in told - before.keys()
    )
    report.created = len(new)
    report.unchanged = len(told & before.keys())
    remember(report, sha256((folder / PASSAGES).read_bytes()).hexdigest())
    return report


def _line(row: RawRow, codes: frozenset[str]) -> Line:
    status = STATUSES.get(row.text("statut"))
    if status is None:
        raise RowRefused(_("le champ «\u00a0%(field)s\u00a0» n’est pas connu") % {"field": "statut"})
    qpv, former = row.text("code_qp_2024"), str(row.cells["code_qp_2015"] or "").strip() or None
    for field, code in (("code_qp_2024", qpv), ("code_qp_2015", former)):
        if code is not None and code not in codes:
            raise RowRefused(
                _("le champ «\u00a0%(field)s\u00a0» désigne un code inconnu\u00a0: «\u00a0%(code)s\u00a0»")
                % {"field": field, "code": code}
            )
    return qpv, former, status.value
