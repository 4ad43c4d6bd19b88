"""A package of its own: a part that we stand on brings another of this name, which would come first."""
