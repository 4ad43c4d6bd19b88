"""What the child processes share that listen elsewhere and call the API: telling, a credential, how they stand."""
