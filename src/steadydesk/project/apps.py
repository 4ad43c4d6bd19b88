"""Hands the tables of the top to the layers below, once, when Django is ready."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The installation."""

    name = "steadydesk.project"

    def ready(self) -> None:
        """Reactions to the journal, the ways from a request to an actor, and the server that a commit wakes."""
        from steadydesk.journal.actions import use_reactions
        from steadydesk.pages.middleware import find_actors_with
        from steadydesk.project.identity import LOOKUPS
        from steadydesk.project.reactions import REACTIONS

        use_reactions(REACTIONS)
        find_actors_with(*LOOKUPS)
