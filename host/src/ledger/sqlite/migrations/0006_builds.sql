-- The life of plugins: every build that served, why it left, and what was decided about it. And what invocations were given, so that they can
-- be run again.

CREATE TABLE builds (
    digest TEXT PRIMARY KEY, -- SHA-256 of the bytes
    bytes BLOB NOT NULL
) STRICT;

ALTER TABLE generations ADD COLUMN state INTEGER NOT NULL DEFAULT 0; -- the version of what it keeps
ALTER TABLE generations ADD COLUMN cause TEXT NOT NULL DEFAULT '"installed"'; -- JSON
ALTER TABLE generations ADD COLUMN person TEXT;
ALTER TABLE generations ADD COLUMN reference TEXT NOT NULL DEFAULT '';
ALTER TABLE generations ADD COLUMN gone INTEGER; -- when it left; null as long as it serves
ALTER TABLE generations ADD COLUMN leaving TEXT; -- why, as JSON

UPDATE generations SET leaving = '{"why":"replaced"}',
    gone = (SELECT later.at FROM generations AS later WHERE later.plugin = generations.plugin AND later.id > generations.id ORDER BY later.id LIMIT 1)
    WHERE EXISTS (SELECT 1 FROM generations AS later WHERE later.plugin = generations.plugin AND later.id > generations.id);

CREATE UNIQUE INDEX generations_serving ON generations (plugin) WHERE gone IS NULL;

-- What was decided about plugins and builds.
CREATE TABLE measures (
    plugin TEXT NOT NULL,
    measure TEXT NOT NULL, -- JSON
    person TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (plugin, measure)
) STRICT, WITHOUT ROWID;

-- In the order of the commits.
CREATE TABLE recordings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    plugin TEXT NOT NULL,
    reference TEXT NOT NULL,
    digest TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL -- JSON
) STRICT;

CREATE INDEX recordings_of_plugin ON recordings (plugin, id);
CREATE INDEX recordings_called ON recordings (reference);

-- What a value was before an invocation changed it.
CREATE TABLE undone (
    recording INTEGER NOT NULL,
    workspace TEXT NOT NULL,
    plugin TEXT NOT NULL,
    key TEXT NOT NULL,
    before BLOB, -- null if there was none
    PRIMARY KEY (workspace, plugin, recording, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX undone_by ON undone (recording);
