"""Analysis: any text -> terms, for what is indexed and what is asked alike."""
