"""The protocol: every threshold, list, card and label that the founding procedures name.

`Protocol` is what binds at a site, `ControlForm` heads it, `Document` is the two together: one file."""

from typing import Annotated

from pydantic import AfterValidator, Field

from steadydesk.protocol.schema.aftermath import RECORD_KINDS as RECORD_KINDS
from steadydesk.protocol.schema.aftermath import (
    Access,
    CustomerFiles,
    Debriefs,
    Incidents,
    Reports,
    Retention,
    UrgentMessages,
    Withdrawal,
)
from steadydesk.protocol.schema.alarms import AlarmKind as AlarmKind
from steadydesk.protocol.schema.alarms import Alarms, GetHelp
from steadydesk.protocol.schema.alarms import Step as Step
from steadydesk.protocol.schema.assessment import (
    Assessment,
    Encounter,
    ObservedSigns,
    OutsideSupport,
    Strategy,
)
from steadydesk.protocol.schema.base import ROLES as ROLES
from steadydesk.protocol.schema.base import SECRET as SECRET
from steadydesk.protocol.schema.base import Section, by_id
from steadydesk.protocol.schema.cards import Card as Card
from steadydesk.protocol.schema.cards import Cards
from steadydesk.protocol.schema.cards import CardStep as CardStep
from steadydesk.protocol.schema.control import Author as Author
from steadydesk.protocol.schema.control import ControlForm
from steadydesk.protocol.schema.control import Series as Series
from steadydesk.protocol.schema.preparation import (
    DocumentControl,
    LoneWorking,
    Preparation,
    Rehearsals,
    SafeRoom,
    Training,
)
from steadydesk.protocol.schema.waiting import (
    CannotMeet,
    Channels,
    Companions,
    Expectations,
    HelpRequest,
    Moods,
    Outcomes,
    Referral,
    Waiting,
)
from steadydesk.protocol.schema.waiting import EnquiryType as EnquiryType


class Protocol(Section):
    """One version of a site's procedure."""

    waiting: Waiting
    alarms: Alarms
    moods: Moods
    outcomes: Outcomes
    channels: Channels
    services: Annotated[tuple[EnquiryType, ...], Field(min_length=1), AfterValidator(by_id)]
    companions: Companions
    referral: Referral
    cannot_meet: CannotMeet
    help_request: HelpRequest
    expectations: Expectations
    get_help: GetHelp
    assessment: Assessment
    observed_signs: ObservedSigns
    strategy: Strategy
    encounter: Encounter
    outside_support: OutsideSupport
    urgent_messages: UrgentMessages
    incidents: Incidents
    debriefs: Debriefs
    withdrawal: Withdrawal
    customer_files: CustomerFiles
    access: Access
    lone_working: LoneWorking
    safe_room: SafeRoom = Field(json_schema_extra=SECRET)
    preparations: Annotated[tuple[Preparation, ...], Field(min_length=1), AfterValidator(by_id)]
    training: Training
    rehearsals: Rehearsals
    document_control: DocumentControl
    reports: Reports
    retention: Retention
    cards: Cards

    def service(self, id: str) -> EnquiryType | None:
        """The enquiry type with this id."""
        return next((service for service in self.services if service.id == id), None)

    def card(self, id: str) -> Card | None:
        """The card with this id."""
        return next((card for card in self.cards if card.id == id), None)


class Document(Section):
    """A protocol under document control. In a file the form stands beside the protocol's sections."""

    control: ControlForm
    protocol: Protocol
