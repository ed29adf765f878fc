"""What an API promises: documents, operations, schemas, relations. Knows nothing of servers."""
