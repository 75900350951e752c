"""The official data where they are; the two communes of the tests."""

from territories.conftest import reference_data

__all__ = ["reference_data"]
