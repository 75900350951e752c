"""Acts on people: identity and place, basis, who takes part, records that are close."""

from sanscouture.people.services.attachments import decide_attachment, request_attachment
from sanscouture.people.services.basis import end_basis, record_basis
from sanscouture.people.services.beneficiaries import StaleRecord, create_beneficiary, update_beneficiary
from sanscouture.people.services.duplicates import CloseRecords, close_records
from sanscouture.people.services.generations import Requalified, requalify
from sanscouture.people.services.involvements import end_involvement, involve
from sanscouture.people.services.places import set_place

__all__ = [
    "CloseRecords",
    "Requalified",
    "StaleRecord",
    "close_records",
    "create_beneficiary",
    "decide_attachment",
    "end_basis",
    "end_involvement",
    "involve",
    "record_basis",
    "requalify",
    "request_attachment",
    "set_place",
    "update_beneficiary",
]
