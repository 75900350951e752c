from __future__ import annotations

import pytest

from sanscouture.partners.models import Organisation
from sanscouture.partners.services import create_organisation


@pytest.mark.django_db
def test_organisations_without_a_siret_are_not_twins() -> None:
    for name in ("Collectif des Tilleuls", "Collectif du Port"):
        create_organisation(name=name, kind="association", actor="test")
    assert Organisation.objects.filter(siret="").count() == 2
