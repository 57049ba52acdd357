-- What is to happen later is not only timers: a question expires, a schedule is due. The table is made anew because its unique key grows.

ALTER TABLE timers RENAME TO timers_before;
DROP INDEX timers_waiting;

-- A row is one setting: setting its key again makes another row with another id.
CREATE TABLE timers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    plugin TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('timer', 'question', 'schedule')),
    key TEXT NOT NULL,
    due INTEGER NOT NULL,
    payload BLOB NOT NULL, -- a timer's own; a question or a schedule as a whole, as JSON
    place TEXT, -- JSON
    message TEXT, -- the identity of the message that asks the question
    person TEXT, -- who can answer the question by text
    fired INTEGER NOT NULL DEFAULT 0,
    UNIQUE (workspace, plugin, kind, key)
) STRICT;

INSERT INTO timers (id, workspace, plugin, kind, key, due, payload, place, fired)
    SELECT id, workspace, plugin, 'timer', key, due, payload, place, fired FROM timers_before;

-- No id is given again that was given by the table before.
DELETE FROM sqlite_sequence WHERE name = 'timers';
UPDATE sqlite_sequence SET name = 'timers' WHERE name = 'timers_before';
DROP TABLE timers_before;

CREATE INDEX timers_waiting ON timers (due, id) WHERE fired = 0;
CREATE UNIQUE INDEX timers_asking ON timers (workspace, message) WHERE message IS NOT NULL;
CREATE INDEX timers_asked ON timers (workspace, person, id) WHERE person IS NOT NULL;
