"""Two tasks of visual storytelling: emotion recognition and character consistency; docs/rubric.md explains them."""
