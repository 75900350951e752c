"""Whoever acts for the whole nation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sanscouture.access.enums import Role
from sanscouture.demo.rules.parts import Persona, Town

TOWN = Town(
    "",
    (),
    (
        Persona(
            "animation.nationale",
            "Camille",
            "Roseraie",
            Role.NATIONAL_ANIMATOR,
            _("Animatrice nationale du réseau"),
            _("Toutes les cités, sans aucun nom d’habitant."),
        ),
    ),
)
