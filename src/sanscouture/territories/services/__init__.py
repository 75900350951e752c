"""What territories do: load the official geography or the starter set, read programmes' facts, find addresses."""

from sanscouture.territories.services.imports import Advance, import_territories
from sanscouture.territories.services.readers import ProgrammeFacts, read_programmes
from sanscouture.territories.services.reports import Report
from sanscouture.territories.services.starter import load_starter_set, starter_programmes

__all__ = [
    "Advance",
    "ProgrammeFacts",
    "Report",
    "import_territories",
    "load_starter_set",
    "read_programmes",
    "starter_programmes",
]
