-- Second attempts, and chance that nobody can foresee.

-- When it was due, of what is tried once more because its run failed; null for everything else.
ALTER TABLE timers ADD COLUMN first_due INTEGER;

-- Random bytes that never leave the ledger, by what they are for.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
