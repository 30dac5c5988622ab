"""An open index -> a server of the Model Context Protocol, which lets assistants search and quote it."""
