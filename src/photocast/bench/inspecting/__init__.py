"""The benchmark for Inspect: `inspect eval photocast/podcast`. docs/inspect.md says how to run and read it.

Inspect finds the tasks through the entry point `photocast`, which loads `_registry`; nothing else imports this room.
"""

from photocast._optional import require

require("inspect_ai", extra="inspect", purpose="The benchmark as an Inspect task")
