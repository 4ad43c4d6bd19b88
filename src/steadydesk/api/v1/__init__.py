"""The API, version 1: one file for each resource, thin over actions and queries."""
