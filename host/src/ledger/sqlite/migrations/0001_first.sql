-- Times are milliseconds since 1970. An id that was given is never given again, so whoever remembers one cannot mistake another row for it.

CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL, -- the whole event, as JSON
    finished INTEGER, -- when; null as long as somebody has to handle it
    UNIQUE (workspace, key)
) STRICT;

CREATE INDEX inbox_unfinished ON inbox (id) WHERE finished IS NULL;
CREATE INDEX inbox_finished ON inbox (finished) WHERE finished IS NOT NULL;

-- Which plugins are done with an event that is not finished yet.
CREATE TABLE done (
    event INTEGER NOT NULL REFERENCES inbox (id),
    plugin TEXT NOT NULL,
    PRIMARY KEY (event, plugin)
) STRICT, WITHOUT ROWID;

CREATE TABLE state (
    workspace TEXT NOT NULL,
    plugin TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (workspace, plugin, key)
) STRICT, WITHOUT ROWID;

-- A row is one setting of a timer: setting its key again makes another row with another id.
CREATE TABLE timers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    plugin TEXT NOT NULL,
    key TEXT NOT NULL,
    due INTEGER NOT NULL,
    payload BLOB NOT NULL,
    place TEXT, -- JSON
    fired INTEGER NOT NULL DEFAULT 0,
    UNIQUE (workspace, plugin, key)
) STRICT;

CREATE INDEX timers_waiting ON timers (due, id) WHERE fired = 0;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    message TEXT NOT NULL, -- the identity that the host gave it
    plugin TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL, -- what is delivered, as JSON
    edited TEXT, -- what it says after the edits, as JSON; null as long as nobody edited it
    fate TEXT CHECK (fate IN ('sent', 'failed')), -- null as long as it is to be delivered
    service_id TEXT,
    why TEXT,
    UNIQUE (workspace, message)
) STRICT;

CREATE INDEX outbox_unsent ON outbox (id) WHERE fate IS NULL;
CREATE INDEX outbox_settled ON outbox (at) WHERE fate IS NOT NULL;

-- Append only.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL,
    at INTEGER NOT NULL,
    workspace TEXT NOT NULL,
    place TEXT, -- JSON
    person TEXT,
    plugin TEXT NOT NULL,
    build TEXT NOT NULL,
    what TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    took INTEGER NOT NULL -- nanoseconds
) STRICT;

-- The newest row of a plugin is the build that is live.
CREATE TABLE generations (
    id INTEGER PRIMARY KEY,
    plugin TEXT NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX generations_of_plugin ON generations (plugin, id);
