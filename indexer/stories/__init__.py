"""Which articles are copies of one story: evidence of each, pairs that are near, groups, and the labels for them."""
