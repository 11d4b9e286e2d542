"""`python -m caudal`."""

from caudal.cli import main

main()
