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
from sanscouture.people.services.ledger import Ledger, move_rows, stand_in
from sanscouture.people.services.merging import (
    choose_facts,
    keep_merge,
    lock_both,
    must_be_mergeable,
    part_again,
    tell_apart,
)
from sanscouture.people.services.places import set_place
from sanscouture.people.services.publics import mark_public
from sanscouture.people.services.restrictions import lift, must_read, name_reader, remove_reader, restrict

__all__ = [
    "CloseRecords",
    "Ledger",
    "Requalified",
    "StaleRecord",
    "begin_import",
    "bring_in",
    "choose_facts",
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
    "keep_merge",
    "lift",
    "lock_both",
    "mark_public",
    "move_rows",
    "must_be_mergeable",
    "must_read",
    "name_reader",
    "part_again",
    "record_basis",
    "remove_reader",
    "requalify",
    "request_attachment",
    "restrict",
    "set_place",
    "stand_in",
    "tell_apart",
    "try_import",
    "undo_import",
    "update_beneficiary",
]
