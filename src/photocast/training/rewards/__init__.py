"""Rewards: plain functions of a text and of what was asked, which trainers weigh; docs/rewards.md explains them."""

from photocast.training.rewards.asked import Asked, Reward
from photocast.training.rewards.closed import consistency_match, emotion_match
from photocast.training.rewards.dialogue import asr, parsable, ref
from photocast.training.rewards.form import compliance, labels, length, length_limit
from photocast.training.rewards.people import repetition, shape
from photocast.training.rewards.pictures import coverage
from photocast.training.rewards.rubric import Judge, Judged, check_apart
from photocast.training.rewards.table import CLOSED, NAMES, REWARDS, RUBRIC, check_rewards
from photocast.training.rewards.trl import TrlReward, as_trl, asked_of, text_of

__all__ = [
    "CLOSED",
    "NAMES",
    "REWARDS",
    "RUBRIC",
    "Asked",
    "Judge",
    "Judged",
    "Reward",
    "TrlReward",
    "as_trl",
    "asked_of",
    "asr",
    "check_apart",
    "check_rewards",
    "compliance",
    "consistency_match",
    "coverage",
    "emotion_match",
    "labels",
    "length",
    "length_limit",
    "parsable",
    "ref",
    "repetition",
    "shape",
    "text_of",
]
