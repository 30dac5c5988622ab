"""An index -> a page and an API over HTTP; needs the extra `web`."""
