"""The rules of the seam detector: which are on, with what threshold, what they find today and would have caught."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.pathways.enums import RuptureRule
from sanscouture.pathways.forms.ruptures import RuleForm
from sanscouture.pathways.rules.ruptures import RULES
from sanscouture.pathways.selectors.rupture_replay import replayed
from sanscouture.pathways.selectors.rupture_rules import rule_lines, would_find
from sanscouture.pathways.selectors.rupture_settings import Setting, settings_of
from sanscouture.pathways.services.rupture_settings import set_rule
from sanscouture.pathways.views.people import closed_page, status_of
from sanscouture.programmes.models import Programme


@require_safe
@requires(Perm.PROGRAMME_EDIT, of=Programme, by="slug")
def rules_page(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Every rule in a sentence, on or off, and how many ruptures it finds or would find today."""
    if not programme.names_open:
        return closed_page(request, programme, _("Règles des ruptures"))
    lines = rule_lines(programme.pk, today=clock.today())
    context = {"programme": programme, "lines": lines, "on": sum(line.setting.is_on for line in lines)}
    return render(request, "pathways/rupture_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PROGRAMME_EDIT, of=Programme, by="slug")
def rule_page(request: ActorRequest, programme: Programme, rule: str) -> HttpResponse:
    """One rule: its settings, what they find today, what they would have caught. “Essayer” looks without saving."""
    if rule not in RuptureRule.values:
        raise Http404
    if not programme.names_open:
        return closed_page(request, programme, _("Règles des ruptures"))
    setting = settings_of(programme.pk)[RuptureRule(rule)]
    form, status = RuleForm(request.POST or None, setting=setting), 200
    back = reverse("pathways:rupture_rules", args=[programme.slug])
    if request.method == "POST":
        status = 422
        if form.is_valid() and "essai" in request.POST:
            setting, status = replace(setting, **form.cleaned_data), 200
        elif form.is_valid():
            try:
                set_rule(programme, rule=setting.rule, actor=request.actor, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = status_of(refusal)
            else:
                messages.success(request, _("C’est réglé\u00a0: les ruptures ont été regardées de nouveau."))
                return redirect(back)
    context = {"programme": programme, "form": form, "back": back, **_seen(programme, setting)}
    return render(request, "pathways/rupture_rule.html", context, status=status)


def _seen(programme: Programme, setting: Setting) -> dict[str, Any]:
    today, rule = clock.today(), RULES[setting.rule]
    past = replayed(programme.pk, setting.rule, threshold=setting.threshold, today=today) if rule.replays else None
    return {
        "rule": setting.rule,
        "sentence": rule.sentence,
        "setting": setting,
        "found": would_find(programme.pk, setting, today=today),
        "past": past,
    }
