"""The benchmark: transcripts in, figures with intervals and everything that was left out."""
