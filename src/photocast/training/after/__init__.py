"""What comes after a training: merging, measuring before and after, the card."""
