"""Acts on people: identity and place, basis, who takes part, records that are close."""

from sanscouture.people.services.attachments import decide_attachment, request_attachment
from sanscouture.people.services.basis import end_basis, record_basis
from sanscouture.people.services.beneficiaries import StaleRecord, create_beneficiary, update_beneficiary
from sanscouture.people.services.contacts import keep_contact_safe
from sanscouture.people.services.duplicates import CloseRecords, close_records
from sanscouture.people.services.generations import Requalified, requalify
from sanscouture.people.services.imports import (
    begin_import,
    bring_in,
    confirm_import,
    drop_import,
    forget_abandoned,
    try_import,
    undo_import,
)
from sanscouture.people.services.involvements import end_involvement, involve
from sanscouture.people.services.places import set_place
from sanscouture.people.services.publics import mark_public
from sanscouture.people.services.restrictions import lift, must_read, name_reader, remove_reader, restrict

__all__ = [
    "CloseRecords",
    "Requalified",
    "StaleRecord",
    "begin_import",
    "bring_in",
    "close_records",
    "confirm_import",
    "create_beneficiary",
    "decide_attachment",
    "drop_import",
    "end_basis",
    "end_involvement",
    "forget_abandoned",
    "involve",
    "keep_contact_safe",
    "lift",
    "mark_public",
    "must_read",
    "name_reader",
    "record_basis",
    "remove_reader",
    "requalify",
    "request_attachment",
    "restrict",
    "set_place",
    "try_import",
    "undo_import",
    "update_beneficiary",
]
