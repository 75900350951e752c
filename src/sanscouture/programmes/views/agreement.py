"""Personal data and agreement: what is open, what is missing, both documents, and their signature."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanscouture.access.decorators import ActorRequest, recently_authenticated, requires
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.documents.rules.content import Document, fingerprint, read, shown
from sanscouture.documents.views import answer_file
from sanscouture.programmes import services
from sanscouture.programmes.enums import VersionState
from sanscouture.programmes.forms import DataProtectionForm, SignedForm, WithdrawAgreementForm
from sanscouture.programmes.models import AgreementVersion, Programme
from sanscouture.programmes.rules import configuration as rules
from sanscouture.programmes.rules.configuration import Where
from sanscouture.programmes.selectors.agreement import (
    configuration_of,
    documents_of,
    protection_of,
    reaching,
    signed_in,
    standing_of,
)
from sanscouture.programmes.views.pages import Place, Question, answer_act, answer_form

PAPERS = ("convention", "analyse-impact")
SETTINGS = (
    *("rights_organisation", "rights_contact"),
    *("officer_name", "officer_contact", "officer_opinion", "officer_opinion_on"),
)
DRAFT = "PROJET – ne pas signer"
STATES = {
    VersionState.PREPARED: "",
    VersionState.SIGNED: "Exemplaire de la version enregistrée comme signée",
    VersionState.WITHDRAWN: "Version retirée",
    VersionState.REPLACED: "Version remplacée",
}
ABOVE = gettext_noop("Données personnelles et convention")

acts = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Perm.PROGRAMME_READ, of=Programme, by="slug")
def page(request: ActorRequest, programme: Programme) -> HttpResponse:
    """What is open and why, what is missing, the documents, the versions."""
    standing = standing_of(programme)
    ways = {
        Where.PARTNERS: reverse("programmes:partners", args=[programme.slug]),
        Where.MEMBERS: reverse("programmes:members", args=[programme.slug]),
        Where.SETTINGS: reverse("programmes:agreement_settings", args=[programme.slug]),
    }
    context = {
        "programme": programme,
        "standing": standing,
        "lacks": [(lack, ways.get(lack.where, "")) for lack in standing.lacks],
        "fingerprint": shown(standing.fingerprint),
        "versions": [(one, shown(one.fingerprint)) for one in standing.versions],
        "may_edit": request.actor.holds_in(Perm.PROGRAMME_EDIT, programme.pk),
        "may_sign": request.actor.holds_in(Perm.AGREEMENT_SIGN, programme.pk),
    }
    return render(request, "programmes/agreement.html", context)


@require_safe
@requires(Perm.AGREEMENT_SIGN, of=Programme, by="slug")
def draft(request: ActorRequest, programme: Programme, paper: str, form: str) -> HttpResponse:
    """One of the two documents, from the configuration of today."""
    both = documents_of(configuration_of(programme))
    return answer_file(
        _paper(paper, both),
        form,
        name=f"{paper}-{programme.slug}-projet",
        on=clock.today(),
        state=DRAFT,
        version=fingerprint(*both),
    )


@require_safe
@requires(Perm.AGREEMENT_SIGN, of=AgreementVersion)
def version_file(request: ActorRequest, version: AgreementVersion, paper: str, form: str) -> HttpResponse:
    """One of the two documents, word for word as it was on the day the version was prepared."""
    document = _paper(paper, (read(version.agreement), read(version.assessment)))
    name = f"{paper}-{version.programme.slug}-v{version.number}"
    on = timezone.localdate(version.created_at)
    state = STATES[VersionState(version.state)]
    return answer_file(document, form, name=name, on=on, state=state, version=version.fingerprint)


@acts
@requires(Perm.PROGRAMME_EDIT, of=Programme, by="slug")
def settings(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Who answers people, which officer was consulted."""
    kept = protection_of(programme)
    initial = {name: getattr(kept, name) for name in SETTINGS}
    form = DataProtectionForm(request.POST or None, programme=programme, initial=initial)
    place = _place(_("Point de contact et délégué"), programme, _("Enregistrer"))
    return answer_form(
        request,
        form,
        place,
        lambda: services.save_data_protection(programme, actor=request.actor, **form.cleaned_data),
        _("C’est écrit : les documents en tiennent compte."),
    )


@require_POST
@requires(Perm.PROGRAMME_EDIT, of=Programme, by="slug")
def prepare(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Keep both documents as they are, to be signed."""
    return answer_act(
        request,
        _home(programme),
        lambda: services.prepare_version(programme, actor=request.actor),
        _("La version est prête : téléchargez ses deux documents et faites-les signer."),
    )


@acts
@requires(Perm.AGREEMENT_SIGN, of=AgreementVersion)
@recently_authenticated
def sign(request: ActorRequest, version: AgreementVersion) -> HttpResponse:
    """Record a version as signed: the names open."""
    said = rules.read(version.configuration)
    form = SignedForm(request.POST or None, parties=said.parties, initial=_already(version, said))
    seeing = reaching(version.programme)
    must = [one.name for one in said.parties if one.id in seeing]
    lead = _("Version %(number)d, empreinte %(print)s : la même se lit au pied des pages signées.") % {
        "number": version.number,
        "print": shown(version.fingerprint),
    }
    if must:
        lead += " " + _("Doivent avoir signé, car leurs comptes verront des noms : %(names)s.") % {
            "names": ", ".join(must)
        }
    place = _place(_("Enregistrer comme signée"), version.programme, _("Enregistrer et ouvrir les noms"), lead)
    return answer_form(
        request,
        form,
        place,
        lambda: services.record_agreement(
            version,
            agreement_on=form.cleaned_data["agreement_on"],
            assessment_on=form.cleaned_data["assessment_on"],
            signatures=form.signatures(),
            actor=request.actor,
        ),
        _("C’est enregistré : les noms sont ouverts."),
    )


@acts
@requires(Perm.AGREEMENT_SIGN, of=Programme, by="slug")
@recently_authenticated
def withdraw(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Take back the signature: the names close."""
    form = WithdrawAgreementForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.withdraw_agreement(programme, reason=form.cleaned_data["reason"], actor=request.actor)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409 if isinstance(refusal, Conflict) else 422
            else:
                messages.success(request, _("Les noms sont fermés. Rien n’est effacé."))
                return redirect(_home(programme))
    context = {
        "place": _place(_("Fermer les noms"), programme, _("Fermer les noms")),
        "form": form,
        "question": Question(
            _("Fermer les noms de %(name)s pour tout le monde ?") % {"name": programme.name},
            loses=[
                _("Plus personne n’ouvre une fiche, une orientation ou une rupture, dès maintenant."),
                _("Les liens de réponse déjà envoyés ne marchent plus tant que les noms sont fermés."),
                _("La coordination, les copilotes et les responsables de structure sont prévenus."),
            ],
            keeps=[
                _("Les fiches et leur histoire : rien n’est effacé."),
                _("La version signée : la même personne, ou une autre, peut rétablir sa signature."),
            ],
        ),
    }
    return render(request, "programmes/withdraw_agreement.html", context, status=status)


def _home(programme: Programme) -> str:
    return reverse("programmes:agreement", args=[programme.slug])


def _place(title: str, programme: Programme, submit: str, lead: str = "") -> Place:
    return Place(title, programme, _home(programme), submit, _(ABOVE), lead)


def _paper(paper: str, both: tuple[Document, Document]) -> Document:
    if paper not in PAPERS:
        raise Http404
    return both[PAPERS.index(paper)]


def _already(version: AgreementVersion, said: rules.Configuration) -> dict[str, object]:
    """What was recorded of a version that was withdrawn: recording it again is two clicks."""
    known = signed_in(version)
    initial: dict[str, object] = {
        "agreement_on": version.agreement_signed_on,
        "assessment_on": version.assessment_signed_on,
    }
    for rank, party in enumerate(said.parties):
        if party.id in known:
            initial |= {f"name_{rank}": known[party.id].signatory, f"capacity_{rank}": known[party.id].capacity}
    return initial
