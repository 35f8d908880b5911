"""Many calls as one batch at half the price: submitted, waited for, collected, whoever dies in between.

    submit_all(folder, "openai:gpt-5-mini", requests, what="judging", budget=Budget(20.0))
    collect_all(folder, wait=True)

Then `Calls` answers the same requests from the journal. What is promised, and what not: docs/batches.md.
"""

from photocast.models.batches.api import BatchApi, Job, Limits, Line, NoSuchJob, Result, Unreadable
from photocast.models.batches.batches import Batches
from photocast.models.batches.folder import BATCHES, BatchRun, Collected, collect_all, read_batch_runs, submit_all
from photocast.models.batches.opening import APIS, check_batches, open_batches
from photocast.models.batches.reports import JobReport, Submitted

__all__ = [
    "APIS",
    "BATCHES",
    "BatchApi",
    "BatchRun",
    "Batches",
    "Collected",
    "Job",
    "JobReport",
    "Limits",
    "Line",
    "NoSuchJob",
    "Result",
    "Submitted",
    "Unreadable",
    "check_batches",
    "collect_all",
    "open_batches",
    "read_batch_runs",
    "submit_all",
]
