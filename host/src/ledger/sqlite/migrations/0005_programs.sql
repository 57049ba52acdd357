-- What the audit tells of an event that programs and operators ask for, and the chain that shows whether it was changed.
ALTER TABLE audit ADD COLUMN channel TEXT NOT NULL DEFAULT ''; -- what it was called
ALTER TABLE audit ADD COLUMN called TEXT NOT NULL DEFAULT ''; -- what the person was called
ALTER TABLE audit ADD COLUMN event INTEGER;
ALTER TABLE audit ADD COLUMN line TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN data TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN hash BLOB NOT NULL DEFAULT x''; -- over the row before and this one

CREATE INDEX audit_of_event ON audit (event) WHERE event IS NOT NULL;

-- What lets programs give commands. A row stays when its token is revoked, so that no other is ever called so.
CREATE TABLE tokens (
    name TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE, -- SHA-256 of the token, which is kept nowhere
    workspace TEXT, -- null is the only one there is
    channels TEXT, -- JSON; null is every channel
    allowed TEXT NOT NULL, -- JSON
    created INTEGER NOT NULL,
    expires INTEGER,
    used INTEGER,
    revoked INTEGER
) STRICT;

-- Commands that are not finished when their invocation is.
CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    plugin TEXT NOT NULL,
    key TEXT NOT NULL,
    event INTEGER NOT NULL, -- of the command
    at INTEGER NOT NULL,
    asked INTEGER NOT NULL, -- when somebody last asked what came of it
    abandoned INTEGER NOT NULL DEFAULT 0,
    code TEXT, -- null as long as it is open
    data TEXT
) STRICT;

CREATE INDEX calls_of_event ON calls (event);
CREATE INDEX calls_of_key ON calls (workspace, plugin, key) WHERE code IS NULL;
CREATE INDEX calls_at ON calls (at);
CREATE INDEX calls_open ON calls (asked) WHERE code IS NULL AND abandoned = 0;
