"""Marks that say where a file comes from: put in with a certificate, read back, and what they cannot do."""
