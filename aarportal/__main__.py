"""`python -m aarportal` is the command line."""

from aarportal.cli import main

main()
