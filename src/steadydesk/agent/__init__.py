"""The desktop agent: one key that calls for help whatever window is in front, and a mark that says how it goes.

It runs on the desk's own computer and knows the server by its API alone: no Django, no records, no data folder.
"""
