from sanscouture.people.models.beneficiary import (
    Beneficiary,
    Involvement,
    Reader,
    Restriction,
    hanging_on_person,
    kept_from,
)
from sanscouture.people.models.contact import SafeContact
from sanscouture.people.models.facts import FactChange, PublicMark
from sanscouture.people.models.imports import ImportRow, PeopleImport
from sanscouture.people.models.merge import Distinct, Merge
from sanscouture.people.models.record import AttachmentRequest, Basis, FormerQpvAnswer

__all__ = [
    "AttachmentRequest",
    "Basis",
    "Beneficiary",
    "Distinct",
    "FactChange",
    "FormerQpvAnswer",
    "ImportRow",
    "Involvement",
    "Merge",
    "PeopleImport",
    "PublicMark",
    "Reader",
    "Restriction",
    "SafeContact",
    "hanging_on_person",
    "kept_from",
]
