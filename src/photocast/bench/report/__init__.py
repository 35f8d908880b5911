"""The report of a run: one HTML file that loads nothing."""

from photocast._optional import require
from photocast.bench.report.html import write_report

__all__ = ["need_packages", "write_report"]


def need_packages() -> None:
    """See to it that a report can be made, before the work and not after it.

    Raises:
        ModelError: a package of the extra `bench` is missing.
    """
    for module in ("matplotlib", "scipy"):
        require(module, extra="bench", purpose="the report")
