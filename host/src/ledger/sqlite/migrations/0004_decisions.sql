-- What administrators decided in chat: roles of people, and settings of plugins.

CREATE TABLE roles (
    workspace TEXT NOT NULL,
    role TEXT NOT NULL,
    person TEXT NOT NULL,
    giver TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (workspace, role, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX roles_of_person ON roles (workspace, person);

CREATE TABLE settings (
    workspace TEXT NOT NULL,
    plugin TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL, -- as it was typed
    setter TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (workspace, plugin, name)
) STRICT, WITHOUT ROWID;
