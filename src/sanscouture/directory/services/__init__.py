"""What changes the offer: its import from data·inclusion files, and its generation for demos and benches."""

from sanscouture.directory.services.changes import forget_offer_changes
from sanscouture.directory.services.generation import Generated, generate_offer
from sanscouture.directory.services.importing import import_offer_file, import_offer_files
from sanscouture.directory.services.offer_files import offer_paths
from sanscouture.directory.services.reports import ImportReport, ReportLine

__all__ = [
    "Generated",
    "ImportReport",
    "ReportLine",
    "forget_offer_changes",
    "generate_offer",
    "import_offer_file",
    "import_offer_files",
    "offer_paths",
]
