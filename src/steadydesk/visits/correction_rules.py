"""What of a visit can be corrected."""

CORRECTABLE = (
    "service", "team", "mood", "appointment_at", "companions", "arrived_at", "attended_at", "ended_at",
    "outcome", "owner", "channel", "private", "description", "note",
)  # fmt: skip
