"""Let systems write about every item of an evaluation set, resumably, through the pipeline that also serves users."""

from photocast.bench.generating.generate import Generated, SystemRun, generate
from photocast.bench.generating.plan import RunPlan, SystemPlan
from photocast.bench.generating.systems import System, parse_systems

__all__ = ["Generated", "RunPlan", "System", "SystemPlan", "SystemRun", "generate", "parse_systems"]
