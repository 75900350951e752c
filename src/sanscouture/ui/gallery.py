"""Every component in each of its states: what the tests photograph and measure. Invented people only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from sanscouture.core import clock
from sanscouture.ui import maps, tables
from sanscouture.ui.bars import Bars
from sanscouture.ui.forms import Form
from sanscouture.ui.navigation import Item
from sanscouture.ui.thread import Gap, Stitch, Thread

SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[3.955, 50.272], [3.968, 50.283], [3.985, 50.281], [3.979, 50.27], [3.962, 50.266], [3.955, 50.272]]
    ],
}
PEOPLE = ("Amina Berrouche", "Lucas Vandaële", "Rosalie Tchimbo", "Yanis Morvéan", "Célestine Aubry", "Karim Oudjat")


class SampleForm(Form):
    """One field of each kind."""

    first_name = forms.CharField(label="Prénom", help_text="Comme la personne veut être appelée.", max_length=40)
    birth = forms.DateField(label="Date de naissance", required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    language = forms.ChoiceField(label="Langue", choices=[("fr", "Français"), ("ar", "Arabe"), ("tr", "Turc")])
    channel = forms.ChoiceField(
        label="Comment la joindre", choices=[("sms", "Par SMS"), ("call", "Par appel")], widget=forms.RadioSelect
    )
    needs = forms.MultipleChoiceField(
        label="Besoins",
        choices=[("mob", "Se déplacer"), ("lang", "Apprendre le français"), ("child", "Faire garder un enfant")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    document = forms.FileField(label="Document", help_text="PDF ou image, 5 Mo au plus.", required=False)
    informed = forms.BooleanField(label="La personne a été informée", help_text="De ce qui est noté, et pourquoi.")


class SampleErasing(Form):
    """A form of one field, whose act cannot be undone."""

    reason = forms.CharField(label="Pourquoi effacer")


class SampleFilters(Form):
    """A list's filters."""

    q = forms.CharField(label="Nom", required=False)
    state = forms.ChoiceField(label="État", choices=[("", "Tous"), ("open", "En cours")], required=False)
    place = forms.CharField(label="Commune", required=False)


def full_thread(today: date) -> Thread:
    """A pathway of six months with a closed gap, an open one and two planned stitches."""

    def before(days: int) -> date:
        return today - timedelta(days=days)

    return Thread(
        start=before(170),
        until=today,
        stitches=[
            Stitch(before(170), "entry", "Première rencontre", href="#a"),
            Stitch(before(158), "need", "Besoin : permis"),
            Stitch(before(150), "referral", "Auto-école sociale", href="#b"),
            Stitch(before(139), "answer", "Refusée : complet", "refused"),
            Stitch(before(100), "referral", "Réorientation vers Mob’Emploi"),
            Stitch(before(92), "appointment", "Premier rendez-vous"),
            Stitch(before(60), "step", "Code obtenu"),
            Stitch(before(26), "referral", "Atelier CV", "late"),
            Stitch(today + timedelta(days=9), "appointment", "Rendez-vous", "planned"),
            Stitch(today + timedelta(days=30), "step", "Examen", "planned"),
        ],
        gaps=[
            Gap(before(135), before(104), "sans réponse"),
            Gap(before(16), None, "orientation sans réponse", "#relancer", "Relancer"),
        ],
    )


def whole_thread(today: date) -> Thread:
    """A short pathway that holds."""
    days = (40, 31, 12, 3)
    stitches = [Stitch(today - timedelta(days=n), "contact", f"Contact {i + 1}") for i, n in enumerate(days)]
    return Thread(start=today - timedelta(days=40), until=today, stitches=stitches)


def sample_table(query: QueryDict, today: date) -> tables.Table:
    """A list of invented people, four to a page."""
    threads = (full_thread(today), whole_thread(today))
    rows = [{"name": name, "days": 3 * i, "thread": threads[i % 2]} for i, name in enumerate(PEOPLE)]
    columns = [
        tables.Column("Personne", "nom", ["name"]),
        tables.Column("Attend depuis", "attente", ["days"], numeric=True),
        tables.Column("Fil"),
        tables.Column("Actes", hidden=True),
    ]
    return tables.build(
        rows,
        columns=columns,
        query=query,
        caption="Personnes qui attendent une réponse",
        row_template="ui/gallery_row.html",
        per_page=4,
        default_sort="-attente",
    )


def context(query: QueryDict) -> dict[str, Any]:
    """What the gallery shows."""
    today = clock.today()
    wrong = SampleForm({"first_name": "", "language": "fr"})
    wrong.is_valid()
    return {
        "tones": ["success", "info", "warning", "error", "new", "neutral"],
        "levels": [(0, "calme", 0), (1, "peu", 2), (2, "présent", 5), (3, "fort", 9), (4, "urgent", 14)],
        "bars": Bars("Freins", ["Champ", "à l’entrée", "aujourd’hui"], [("Mobilité", [("9", 75), ("4", 33)])]),
        "form": SampleForm(prefix="vide"),
        "wrong": wrong,
        "erasing": SampleErasing(prefix="effacer"),
        "hidden": [("tri", "-attente")],
        "links": [("Première fiche", "#premiere"), ("Seconde fiche", "#seconde")],
        "filters": SampleFilters(query or None, prefix="filtre"),
        "table": sample_table(query, today),
        "nothing": tables.build(
            [], columns=[], query=query, caption="Rien", row_template="ui/gallery_row.html", id="rien"
        ),
        "full": full_thread(today),
        "whole": whole_thread(today),
        "tabs": [Item("Reçues", "#recues", current=True, count=4), Item("Envoyées", "#envoyees", count=0)],
        "identity": [("Langue", "Français"), ("Téléphone", "06 39 98 00 12"), ("Adresse", "")],
        "trend": [4, 5, 3, 6, 7, 6, 8, 9],
        "events": [
            {"at": today, "title": "Orientation acceptée", "who": "Mob’Emploi", "icon": "fr-icon-check-line"},
            {"at": today - timedelta(days=1), "title": "Relance envoyée", "href": "#relance"},
            {"at": today - timedelta(days=12), "title": "Besoin ouvert", "text": "Se déplacer pour travailler"},
        ],
        "town": maps.Map(
            "Maubeuge et un quartier",
            points=[maps.Point("Mairie", 3.9726, 50.2783, text="lieu de l’atelier", here=True)],
            outlines=[maps.Outline("Contour d’exemple", SQUARE, "#quartier", indicative=True)],
            id="carte-ville",
        ),
        "country": maps.Map(
            "Trois programmes",
            points=[
                maps.Point("Maubeuge", 3.97, 50.28, "#maubeuge"),
                maps.Point("Sedan", 4.94, 49.70, "#sedan"),
                maps.Point("Saint-Omer", 2.26, 50.75, "#saint-omer"),
            ],
            france=True,
            id="carte-france",
        ),
        "chips": ["Sans véhicule", "Horaires décalés"],
        "loses": ["Le besoin « Permis » et ses deux notes"],
        "keeps": ["Les rendez-vous déjà tenus"],
    }
