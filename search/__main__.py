"""`python -m search …` is `wensou search …`."""

from search.cli import main

main(command="search")
