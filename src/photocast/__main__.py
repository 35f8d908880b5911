"""`python -m photocast`."""

from photocast.cli.main import main

main()
