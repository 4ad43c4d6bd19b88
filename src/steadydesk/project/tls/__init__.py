"""HTTPS without a proxy: a local certificate authority, the certificate that is served, and what is wrong with it."""
