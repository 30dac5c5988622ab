"""Which of the best articles tell of one event: what each tells, pairs with evidence enough, groups of these."""
