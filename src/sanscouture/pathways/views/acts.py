"""Acting on a referral. One page per act: what it does, what it asks, one button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from sanscouture.access.actor import Actor
from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core.errors import Conflict, Refused
from sanscouture.pathways.enums import Act
from sanscouture.pathways.forms import referrals as forms
from sanscouture.pathways.models import Appointment, Referral
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.rules.referrals import Answerer
from sanscouture.pathways.selectors.referral_page import ReferralPage
from sanscouture.pathways.selectors.referrals import next_appointment, standing_of
from sanscouture.pathways.services import appointments
from sanscouture.pathways.services import referrals as services
from sanscouture.pathways.services.referrals import sides_of
from sanscouture.ui.forms import Form

Do = Callable[[Referral, Any, dict[str, Any]], object]


@dataclass(frozen=True)
class Way:
    """One act as people meet it: its address, its words, what it asks, what it calls."""

    slug: str
    label: str | Promise
    sentence: str | Promise
    done: str | Promise
    do: Do
    form: type[Form] = forms.NothingForm
    danger: bool = False
    icon: str = ""


def _appointment(referral: Referral) -> Appointment:
    found = next_appointment(referral)
    if found is None:
        raise Refused(_("Aucun rendez-vous n’est fixé."))
    return found


def _plain(service: Callable[..., object]) -> Do:
    return lambda referral, by, data: service(referral, by=by, **data)


def _acted(service: Callable[..., object]) -> Do:
    return lambda referral, actor, data: service(referral, actor=actor, **data)


WAYS: Mapping[Act, Way] = {
    Act.RECEIVE: Way(
        "recevoir",
        _("J’ai bien reçu"),
        _("La structure qui oriente saura que vous l’avez lue. Vous répondrez ensuite."),
        _("C’est noté : vous l’avez reçue."),
        _plain(services.receive_referral),
    ),
    Act.ACCEPT: Way(
        "accepter",
        _("Accepter"),
        _("Vous accueillez la personne. Vous aurez une semaine pour fixer un rendez-vous."),
        _("Orientation acceptée. La suite : fixer un rendez-vous."),
        _plain(services.accept_referral),
        forms.AcceptForm,
        icon="fr-icon-check-line",
    ),
    Act.PROPOSE: Way(
        "rendez-vous",
        _("Proposer un rendez-vous"),
        _("Proposer un rendez-vous accepte l’orientation. La personne et la structure qui oriente sont prévenues."),
        _("Rendez-vous proposé."),
        lambda referral, by, data: appointments.propose_appointment(referral, by=by, **data),
        forms.AppointmentForm,
        icon="fr-icon-calendar-event-line",
    ),
    Act.WAIT: Way(
        "liste-d-attente",
        _("Mettre sur liste d’attente"),
        _("C’est une réponse, pas un refus : vous proposerez une place dès qu’il s’en libère une."),
        _("La personne est sur votre liste d’attente."),
        _plain(services.put_on_waiting_list),
        forms.WaitForm,
        icon="fr-icon-time-line",
    ),
    Act.REFUSE: Way(
        "refuser",
        _("Refuser"),
        _("Le motif est transmis, et le besoin reste ouvert : un autre service sera cherché."),
        _("Refus transmis avec son motif."),
        _plain(services.refuse_referral),
        forms.RefuseForm,
        danger=True,
        icon="fr-icon-close-line",
    ),
    Act.ASK: Way(
        "question",
        _("Poser une question"),
        _("Le délai de réponse s’arrête tant que la structure qui oriente n’a pas répondu."),
        _("Question envoyée."),
        _plain(services.ask_question),
        forms.QuestionForm,
        icon="fr-icon-question-answer-line",
    ),
    Act.REPLY: Way(
        "reponse",
        _("Répondre à la question"),
        _("La structure destinataire aura au moins trois jours pour répondre à son tour."),
        _("Réponse envoyée."),
        _acted(services.reply),
        forms.ReplyForm,
    ),
    Act.SEND: Way(
        "envoyer",
        _("Envoyer"),
        _("L’orientation part maintenant."),
        _("Orientation envoyée."),
        _acted(services.send_referral),
    ),
    Act.REMIND: Way(
        "relancer",
        _("Relancer"),
        _("Un message part à la structure destinataire, au plus un par jour."),
        _("Rappel envoyé."),
        _acted(services.remind_recipient),
        icon="fr-icon-notification-3-line",
    ),
    Act.WITHDRAW: Way(
        "retirer",
        _("Retirer l’orientation"),
        _("La structure destinataire est prévenue et n’a plus rien à faire. Le besoin reste ouvert."),
        _("Orientation retirée. Le besoin reste ouvert."),
        _acted(services.withdraw_referral),
        forms.WithdrawForm,
        danger=True,
    ),
    Act.CONFIRM: Way(
        "confirmer-rendez-vous",
        _("La personne viendra"),
        _("Vous confirmez que la personne connaît le rendez-vous et viendra."),
        _("Rendez-vous confirmé."),
        lambda referral, by, _data: appointments.confirm_appointment(_appointment(referral), by=by),
    ),
    Act.MISS: Way(
        "rendez-vous-manque",
        _("Rendez-vous manqué"),
        _("Un autre rendez-vous est à fixer ; la structure qui oriente est prévenue."),
        _("C’est noté. Un autre rendez-vous est à fixer."),
        lambda referral, by, _data: appointments.miss_appointment(_appointment(referral), by=by),
    ),
    Act.MEET: Way(
        "rencontre",
        _("Première rencontre faite"),
        _("C’est la rencontre qui compte, pas le rendez-vous pris."),
        _("Première rencontre notée."),
        _plain(services.record_meeting),
        forms.MeetingForm,
        icon="fr-icon-team-line",
    ),
    Act.START: Way(
        "commencer",
        _("Le service commence"),
        _("La personne est accompagnée à partir d’aujourd’hui."),
        _("Le service a commencé."),
        _plain(services.start_service),
        icon="fr-icon-play-line",
    ),
    Act.PAUSE: Way(
        "pause",
        _("Mettre en pause"),
        _("Une pause dure trente jours au plus avant de reprendre ou de terminer."),
        _("Le service est en pause."),
        _plain(services.pause_service),
        forms.PauseForm,
    ),
    Act.RESUME: Way(
        "reprendre",
        _("Reprendre"),
        _("Le service reprend aujourd’hui."),
        _("Le service a repris."),
        _plain(services.resume_service),
    ),
    Act.END: Way(
        "terminer",
        _("Terminer"),
        _("Dites ce qu’est devenu le besoin : s’il n’est pas couvert, il reste ouvert et quelqu’un s’en occupe."),
        _("Service terminé, issue notée."),
        _plain(services.end_service),
        forms.EndForm,
    ),
}


@dataclass(frozen=True)
class ActLinks:
    """What a page offers: one primary act, others beside, the rest below."""

    primary: Any
    others: list[Any]


def links_of(page: ReferralPage) -> ActLinks:
    """The acts that a page offers, as links: the first one stands out."""
    links = [
        {
            "label": WAYS[act].label,
            "href": reverse(f"pathways:referral_{act}", args=[page.referral.pk]),
            "icon": WAYS[act].icon,
        }
        for act in page.acts
    ]
    return ActLinks(links[0] if links else None, links[1:])


def data_of(form: Form) -> dict[str, Any]:
    """The arguments that a form gives to its service."""
    return form.arguments() if isinstance(form, forms.AppointmentForm | forms.RefuseForm) else form.cleaned_data


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.REFERRAL_ANSWER, of=Referral)
def answer(request: ActorRequest, referral: Referral, act: Act) -> HttpResponse:
    """Answer a referral, in the name of the organisation that received it."""
    return _act(request, referral, act, services.answerer_of)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.REFERRAL_SEND, of=Referral)
def follow(request: ActorRequest, referral: Referral, act: Act) -> HttpResponse:
    """Act as the sender, or as either side on the service itself."""
    return _act(request, referral, act, lambda actor, _referral: actor)


def as_seen(request: HttpRequest, referral: Referral) -> Referral:
    """Give back the version that the person read, as their form says it, so that a service knows what they know."""
    said = request.POST.get("version", "")
    if said.isascii() and said.isdigit():
        referral.version = int(said)
    return referral


def _act(
    request: ActorRequest, referral: Referral, act: Act, by: Callable[[Actor, Referral], Actor | Answerer]
) -> HttpResponse:
    way = WAYS[act]
    form = way.form(request.POST if request.method == "POST" else None)
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                way.do(as_seen(request, referral), by(request.actor, referral), data_of(form))
            except Refused as refused:
                refusal, status = str(refused), 409 if isinstance(refused, Conflict) else 422
            else:
                messages.success(request, str(way.done))
                return redirect("pathways:referral", pk=referral.pk)
    else:
        refusal = rules.blocked(act, standing_of(referral), sides_of(request.actor, referral))
    context = {
        "referral": referral,
        "way": way,
        "form": form,
        "refusal": refusal,
        "action": reverse(f"pathways:referral_{act}", args=[referral.pk]),
        "back": reverse("pathways:referral", args=[referral.pk]),
    }
    return render(request, "pathways/referral_act.html", context, status=status)
