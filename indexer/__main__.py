"""`python -m indexer …` is `wensou index …`."""

from search.cli import main

main(command="index")
