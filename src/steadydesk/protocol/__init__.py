"""The written procedure as frozen, typed data: its schema, its YAML form, its clauses and its cards."""
