"""English dates as Britain writes them, day first: Django's “en” is American."""

from django.conf.locale.en_GB.formats import (
    DATE_FORMAT,
    DATE_INPUT_FORMATS,
    DATETIME_FORMAT,
    SHORT_DATE_FORMAT,
    SHORT_DATETIME_FORMAT,
)

__all__ = ["DATETIME_FORMAT", "DATE_FORMAT", "DATE_INPUT_FORMATS", "SHORT_DATETIME_FORMAT", "SHORT_DATE_FORMAT"]
