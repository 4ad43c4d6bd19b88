"""Steadydesk runs a public desk's written procedure for distressed, agitated or violent customers, live."""

__version__ = "0.1.0"
