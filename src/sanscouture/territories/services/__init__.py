"""What territories do: load the official geography or the starter set, read programmes' facts, find addresses."""

from sanscouture.territories.services.bulk import BulkReport, Columns, answer_file
from sanscouture.territories.services.geocoding import (
    Geocoder,
    find_addresses,
    geocoder,
    qpv_of_address,
    seal_place,
    unseal_place,
)
from sanscouture.territories.services.imports import Advance, import_territories
from sanscouture.territories.services.readers import ProgrammeFacts, read_programmes
from sanscouture.territories.services.reports import Report
from sanscouture.territories.services.starter import load_starter_set, starter_programmes

__all__ = [
    "Advance",
    "BulkReport",
    "Columns",
    "Geocoder",
    "ProgrammeFacts",
    "Report",
    "answer_file",
    "find_addresses",
    "geocoder",
    "import_territories",
    "load_starter_set",
    "qpv_of_address",
    "read_programmes",
    "seal_place",
    "starter_programmes",
    "unseal_place",
]
