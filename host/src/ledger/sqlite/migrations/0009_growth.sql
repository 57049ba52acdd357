-- What bounds the tables: how much of each kind is there is known without counting.

-- What waits for an absent plugin is not looked through by those that are there.
DROP INDEX timers_waiting;
CREATE INDEX timers_waiting ON timers (plugin, due, id) WHERE fired = 0;

-- The size of each plugin's state.
CREATE TABLE state_sizes (
    workspace TEXT NOT NULL,
    plugin TEXT NOT NULL,
    keys INTEGER NOT NULL,
    bytes INTEGER NOT NULL, -- of keys and values
    PRIMARY KEY (workspace, plugin)
) STRICT, WITHOUT ROWID;

INSERT INTO state_sizes
    SELECT workspace, plugin, count(*), sum(length(CAST(key AS BLOB)) + length(value)) FROM state GROUP BY workspace, plugin;

CREATE TRIGGER state_added AFTER INSERT ON state BEGIN
    INSERT INTO state_sizes VALUES (NEW.workspace, NEW.plugin, 1, length(CAST(NEW.key AS BLOB)) + length(NEW.value))
        ON CONFLICT (workspace, plugin) DO UPDATE SET keys = keys + 1, bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER state_changed AFTER UPDATE OF value ON state BEGIN
    UPDATE state_sizes SET bytes = bytes + length(NEW.value) - length(OLD.value)
        WHERE workspace = OLD.workspace AND plugin = OLD.plugin;
END;

CREATE TRIGGER state_removed AFTER DELETE ON state BEGIN
    UPDATE state_sizes SET keys = keys - 1, bytes = bytes - length(CAST(OLD.key AS BLOB)) - length(OLD.value)
        WHERE workspace = OLD.workspace AND plugin = OLD.plugin;
END;

-- How much each webhook has waiting. The name of the webhook is the first part of its timers' keys.
CREATE TABLE webhook_backlogs (
    workspace TEXT NOT NULL,
    plugin TEXT NOT NULL,
    webhook TEXT NOT NULL,
    waiting INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (workspace, plugin, webhook)
) STRICT, WITHOUT ROWID;

INSERT INTO webhook_backlogs
    SELECT workspace, plugin, substr(key, 1, instr(key, ':') - 1) AS webhook, count(*), sum(length(payload))
    FROM timers WHERE kind = 'webhook' GROUP BY workspace, plugin, webhook;

CREATE TRIGGER webhook_added AFTER INSERT ON timers WHEN NEW.kind = 'webhook' BEGIN
    INSERT INTO webhook_backlogs VALUES
        (NEW.workspace, NEW.plugin, substr(NEW.key, 1, instr(NEW.key, ':') - 1), 1, length(NEW.payload))
        ON CONFLICT (workspace, plugin, webhook) DO UPDATE SET waiting = waiting + 1, bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER webhook_removed AFTER DELETE ON timers WHEN OLD.kind = 'webhook' BEGIN
    UPDATE webhook_backlogs SET waiting = waiting - 1, bytes = bytes - length(OLD.payload)
        WHERE workspace = OLD.workspace AND plugin = OLD.plugin AND webhook = substr(OLD.key, 1, instr(OLD.key, ':') - 1);
END;

-- The size of each plugin's recordings, with the values that they changed.
ALTER TABLE recordings ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE recordings SET bytes = length(CAST(body AS BLOB))
    + coalesce((SELECT sum(length(before)) FROM undone INDEXED BY undone_by WHERE recording = recordings.id), 0);

CREATE TABLE recording_sizes (
    plugin TEXT PRIMARY KEY,
    recordings INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO recording_sizes SELECT plugin, count(*), sum(bytes) FROM recordings GROUP BY plugin;

CREATE TRIGGER recording_added AFTER INSERT ON recordings BEGIN
    INSERT INTO recording_sizes VALUES (NEW.plugin, 1, NEW.bytes)
        ON CONFLICT (plugin) DO UPDATE SET recordings = recordings + 1, bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER recording_removed AFTER DELETE ON recordings BEGIN
    UPDATE recording_sizes SET recordings = recordings - 1, bytes = bytes - OLD.bytes WHERE plugin = OLD.plugin;
    DELETE FROM undone WHERE recording = OLD.id;
END;
