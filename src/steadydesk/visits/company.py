"""Who comes with a customer, as pages and programs read it (E5c).

The limit is the enquiry's, in the protocol that the visit began under.
"""

from typing import Any

from steadydesk.documents import queries as documents
from steadydesk.encounters import queries as encounters
from steadydesk.protocol.schema import Protocol
from steadydesk.visits.company_rules import Company
from steadydesk.visits.models import Visit


def read(visit: Visit, protocol: Protocol) -> Company:
    """Who comes with the customer, by the limit of what they came for."""
    service = protocol.service(visit.service)
    limit = service.companions_limit if service else None
    return Company(limit, visit.companions, visit.others_asked, visit.others_where)


def of_visit(visit: Visit) -> Company:
    """The same of a visit that is only read."""
    return read(visit, _protocol(visit))


def _protocol(visit: Visit) -> Protocol:
    return documents.version(visit.document, visit.version).protocol


def to_say(visit: Visit) -> dict[str, Any]:
    """What a desk is to say and may record about those who came along; nothing where it is to ask for nothing.

    Under card L3b nobody is to move or direct the customer, and a friend who is sent out does (L3b-vi).
    """
    protocol = _protocol(visit)
    service = protocol.service(visit.service)
    company = read(visit, protocol)
    if service is None or visit.ended_at is not None:
        return {}
    found: dict[str, Any] = {"company": company, "advice": service.companions_advice or ""}
    if company.surplus and not (visit.problem and encounters.risk_active(f"visit:{visit.pk}")):
        found |= {"wording": service.companions_wording, "child_rule": protocol.companions.child_rule}
    return found


def as_json(visit: Visit) -> dict[str, Any]:
    """What programs read of it; ``limit`` is null where the enquiry has none."""
    # Most customers come alone, and every answer to a desk has this: no protocol is read for them.
    company = of_visit(visit) if visit.companions else None
    return {
        "not_counted": visit.not_counted,
        "limit": company.limit if company else None,
        "to_ask": company.to_ask if company else 0,
        "others_asked": visit.others_asked,
        "others_where": visit.others_where or None,
        "policy_told_at": visit.policy_told_at.isoformat() if visit.policy_told_at else None,
    }
