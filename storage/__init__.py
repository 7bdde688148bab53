"""Tables, every query, migrations and engines. Nothing else imports SQLAlchemy."""
