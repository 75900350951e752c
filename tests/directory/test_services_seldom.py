"""What seldom happens to a file of the offer: a doubt of the program about itself, a list written as JSON."""

from __future__ import annotations

from enum import StrEnum
from io import BytesIO

import pytest
from pydantic import BaseModel, model_validator

from sanscouture.directory.services.importing import _Import, _Run
from sanscouture.directory.services.offer_tables import _several
from sanscouture.directory.services.places import Communes
from sanscouture.directory.services.reports import ImportReport
from sanscouture.directory.services.validation import RowRefused, _validated


class Known(StrEnum):
    OLD = "old"


class Picky(BaseModel):
    """A schema that cannot do without what it does not know yet."""

    kind: Known | None = None

    @model_validator(mode="after")
    def must_have_a_kind(self) -> Picky:
        if self.kind is None:
            raise ValueError
        return self


def test_a_code_too_new_that_the_rest_needs_refuses_the_row() -> None:
    assert _validated(Picky, {"kind": "old"})[0].kind is Known.OLD
    with pytest.raises(RowRefused):
        _validated(Picky, {"kind": "newer"})


@pytest.mark.django_db
def test_an_import_that_lost_count_of_its_rows_stops() -> None:
    work = _Import(ImportReport("offre.json"), _Run(Communes()), BytesIO())
    work.report.read = 1
    with pytest.raises(RuntimeError, match="rows were lost"):
        work.finish()


def test_a_list_in_a_cell_may_be_written_as_json() -> None:
    assert _several('["mobilite", "sante"]') == ["mobilite", "sante"]
    assert _several("[mobilite") == "[mobilite"
