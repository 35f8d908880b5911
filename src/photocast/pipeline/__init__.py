"""From photos to an episode: the steps joined, for the command line and for Python."""
