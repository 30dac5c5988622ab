"""What needs a real OpenSearch cluster."""
