"""When things happen: rounds, escalations, reports, expiry. The clock lives here."""
