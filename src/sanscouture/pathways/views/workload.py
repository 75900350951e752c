"""What one carries, and, for a manager, what their team carries."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.pathways.selectors.workload import loads
from sanscouture.pathways.views.people import closed_page
from sanscouture.programmes.models import Programme


@require_safe
@requires(Perm.RUPTURE_READ, of=Programme, by="slug")
def workload(request: ActorRequest, programme: Programme) -> HttpResponse:
    """The load of the week: one's own, and one's team's for whoever manages an organisation."""
    if not programme.names_open:
        return closed_page(request, programme, _("Ma charge"))
    carried = loads(programme, request.actor, today=clock.today())
    context = {"programme": programme, "carried": carried, "heavy": sum(one.load.is_heavy for one in carried)}
    return render(request, "pathways/workload.html", context)
