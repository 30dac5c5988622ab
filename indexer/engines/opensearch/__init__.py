"""The engine on an OpenSearch cluster: a document for each article, its passages nested in it."""
