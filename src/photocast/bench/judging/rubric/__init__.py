"""Scores from 1 to 5 by judges, on scales with words; docs/rubric.md explains them."""
