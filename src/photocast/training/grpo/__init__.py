"""GRPO in stages: what the policy makes of each prompt, which prompts are worth learning from, and the training."""

from photocast.training.grpo.checks import check_grpo
from photocast.training.grpo.difficulty import Partition, Scored, partition
from photocast.training.grpo.prompts import Prompts, open_prompts
from photocast.training.grpo.rewarding import rewards_of_recipe

__all__ = ["Partition", "Prompts", "Scored", "check_grpo", "open_prompts", "partition", "rewards_of_recipe"]
