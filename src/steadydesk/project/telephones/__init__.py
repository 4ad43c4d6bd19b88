"""The line to the telephone system: a child process that registers with it, takes calls for help and rings out."""
