"""What may be asked of the API, and the shapes of its answers: data·inclusion's. No table."""

from __future__ import annotations

from typing import Annotated

from data_inclusion.schema import v1
from ninja import Field, Schema

LARGEST = 10_000
Words = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""Text that a database can be asked: any, but for the null character."""


class PageAsked(Schema):
    page: Annotated[int, Field(ge=1)] = 1
    size: Annotated[int, Field(ge=1, le=LARGEST)] = 1_000


class AreaAsked(Schema):
    code_region: Words | None = None
    slug_region: Words | None = None
    code_departement: Words | None = None
    slug_departement: Words | None = None
    code_commune: Words | None = None


class StructuresAsked(AreaAsked, PageAsked):
    sources: list[Words] = []
    reseaux_porteurs: list[v1.ReseauPorteur] = []
    exclure_doublons: bool = False


class OfferAsked(PageAsked):
    sources: list[Words] = []
    thematiques: list[v1.Thematique | v1.Categorie] = []
    frais: list[v1.Frais] = []
    publics: list[v1.Public] = []
    recherche_public: Words | None = None
    modes_accueil: list[v1.ModeAccueil] = []
    types: list[v1.TypeService] = []
    score_qualite_minimum: Annotated[float, Field(ge=0, le=1)] | None = None


class ServicesAsked(AreaAsked, OfferAsked):
    pass


class SearchAsked(OfferAsked):
    code_commune: Words | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    exclure_doublons: bool = False
    size: Annotated[int, Field(ge=1, le=LARGEST)] = 50


class WordsAsked(AreaAsked, OfferAsked):
    q: Words | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    distance: Annotated[int, Field(ge=0, le=20_000)] = 50
    size: Annotated[int, Field(ge=1, le=LARGEST)] = 50


class Scored(Schema):
    adresse_certifiee: bool
    score_qualite: float


class Structure(Scored, v1.Structure):  # type: ignore[misc]
    pass


class Service(Scored, v1.Service):  # type: ignore[misc]
    pass


class Twin(Schema):
    source: str
    id: str


class StructureListed(Structure):
    doublons: list[Twin]


class StructureWhole(Structure):
    services: list[Service]
    doublons: list[Structure]


class ServiceWhole(Service):
    structure: Structure


class Found(Schema):
    service: ServiceWhole
    distance: int | None


class FoundByWords(Found):
    score_recherche: float


class Page(Schema):
    total: int
    page: int
    size: int
    pages: int


class StructurePage(Page):
    items: list[StructureListed]


class ServicePage(Page):
    items: list[Service]


class FoundPage(Page):
    items: list[Found]


class FoundByWordsPage(Page):
    items: list[FoundByWords]


class Source(Schema):
    slug: str
    nom: str
    description: str


class Reason(Schema):
    type: str
    loc: list[str | int]
    msg: str


class Fault(Schema):
    detail: list[Reason]


class Gone(Schema):
    detail: str
