-- What is personal in a row of the audit can be removed, and the chain still fits; see the module `chain`.
ALTER TABLE audit ADD COLUMN salt BLOB NOT NULL DEFAULT x''; -- random; empty in a row that was redacted, or was written before
ALTER TABLE audit ADD COLUMN personal BLOB NOT NULL DEFAULT x''; -- digest of the salt and the personal columns; empty in a row from before
ALTER TABLE audit ADD COLUMN redacted INTEGER NOT NULL DEFAULT 0;

-- For each question that is asked of the audit, the newest of its answers first.
DROP INDEX audit_about;
CREATE INDEX audit_at ON audit (workspace, at);
CREATE INDEX audit_of_plugin ON audit (workspace, plugin, at);
CREATE INDEX audit_of_person ON audit (workspace, person, at) WHERE person IS NOT NULL;
CREATE INDEX audit_of_name ON audit (workspace, called COLLATE NOCASE, at) WHERE called <> '';
CREATE INDEX audit_of_token ON audit (workspace, substr(person, 5, instr(substr(person, 5) || ':', ':') - 1), at)
    WHERE person >= 'api:' AND person < 'api;';
CREATE INDEX audit_about ON audit (workspace, about, at) WHERE about <> '';

-- What an outcome told a program where it is too long for the audit; kept as long as its event.
CREATE TABLE outcomes (
    event INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    data TEXT NOT NULL -- JSON
) STRICT;

CREATE INDEX outcomes_at ON outcomes (at);
