"""What is known of words beside their letters: how characters are read."""
