"""Who holds a post that a document names in words."""

from steadydesk.people import queries
from steadydesk.people.models import ROLE_NAMES, Membership
from steadydesk.people.queries import Contactable


def holding(post: str, site: str) -> list[Contactable]:
    """The holders at the site: of a role by its name, or of “manager, Housing” as the list of who is here has it."""
    wanted = _plain(post)
    roles = [role for role, name in ROLE_NAMES.items() if wanted in (_plain(str(name)), role.replace("_", " "))]
    return [one for role in roles for one in queries.with_role(role, site)] + _of_teams(wanted, site)


def _of_teams(wanted: str, site: str) -> list[Contactable]:
    found = []
    rows = Membership.objects.filter(team__site_id=site, person__is_active=True).select_related("person", "team")
    for row in rows.order_by("pk"):
        said, team = row.get_post_display(), row.team.name
        if wanted in (_plain(f"{said}, {team}"), _plain(f"{team} {said}")):
            found.append(Contactable(row.person_id, row.person.name, row.post, row.person.phone or row.team.phone))
    return found


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
