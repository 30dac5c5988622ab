"""What an archive says in two languages -> words that are translations of each other."""
