"""Hands the tables of the top to the layers below, once, when Django is ready."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The installation."""

    name = "steadydesk.project"

    def ready(self) -> None:
        """Reactions to the journal, the ways from a request to an actor, and the catalogues of other languages."""
        from steadydesk.journal.actions import use_reactions
        from steadydesk.kernel.words import translate_with
        from steadydesk.pages.middleware import find_actors_with
        from steadydesk.project.identity import LOOKUPS
        from steadydesk.project.languages import translate
        from steadydesk.project.reactions import REACTIONS
        from steadydesk.project.reports import person_file
        from steadydesk.reports.table import use_reports

        use_reactions(REACTIONS)
        use_reports({"person": person_file})
        find_actors_with(*LOOKUPS)
        translate_with(translate)
