-- The world outside: requests that plugins send, what comes back, and webhooks. And what the rows of the audit are about.

ALTER TABLE audit ADD COLUMN about TEXT NOT NULL DEFAULT ''; -- as the plugin said; hashed with the row unless it is empty
CREATE INDEX audit_about ON audit (workspace, about) WHERE about <> '';

-- Requests that have no answer yet.
CREATE TABLE requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    plugin TEXT NOT NULL,
    reference TEXT NOT NULL, -- of the invocation that sent it
    about TEXT NOT NULL,
    place TEXT, -- JSON
    body TEXT NOT NULL, -- the request as a whole, as JSON
    due INTEGER NOT NULL, -- when it is tried, the first time or again
    tries INTEGER NOT NULL DEFAULT 0, -- those that have ended
    underway INTEGER NOT NULL DEFAULT 0 -- was a try begun that must not be made twice?
) STRICT;

CREATE INDEX requests_due ON requests (due);
CREATE INDEX requests_of_plugin ON requests (workspace, plugin);

-- What came by webhook, by what is the same in every repeat: a repeat is known for longer than the event is kept.
CREATE TABLE received (
    workspace TEXT NOT NULL,
    plugin TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (workspace, plugin, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX received_at ON received (at);

-- What came from outside waits for its plugin as a timer does. The table is made anew because its kinds grow.
ALTER TABLE timers RENAME TO timers_before;
DROP INDEX timers_waiting;
DROP INDEX timers_asking;
DROP INDEX timers_asked;

-- A row is one setting: setting its key again makes another row with another id.
CREATE TABLE timers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    plugin TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('timer', 'question', 'schedule', 'response', 'webhook')),
    key TEXT NOT NULL,
    due INTEGER NOT NULL,
    payload BLOB NOT NULL, -- a timer's own; anything else as a whole, as JSON
    place TEXT, -- JSON
    message TEXT, -- the identity of the message that asks the question
    person TEXT, -- who can answer the question by text
    fired INTEGER NOT NULL DEFAULT 0,
    UNIQUE (workspace, plugin, kind, key)
) STRICT;

INSERT INTO timers (id, workspace, plugin, kind, key, due, payload, place, message, person, fired)
    SELECT id, workspace, plugin, kind, key, due, payload, place, message, person, fired FROM timers_before;

-- No id is given again that was given by the table before.
DELETE FROM sqlite_sequence WHERE name = 'timers';
UPDATE sqlite_sequence SET name = 'timers' WHERE name = 'timers_before';
DROP TABLE timers_before;

CREATE INDEX timers_waiting ON timers (due, id) WHERE fired = 0;
CREATE UNIQUE INDEX timers_asking ON timers (workspace, message) WHERE message IS NOT NULL;
CREATE INDEX timers_asked ON timers (workspace, person, id) WHERE person IS NOT NULL;
