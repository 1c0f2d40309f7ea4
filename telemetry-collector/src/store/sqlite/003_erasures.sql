-- Requests to erase that were carried out. What they asked for is not kept: a receipt names no installation, or the
-- identifiers of one person would stand beside each other here. The answer of the first time is given to all later ones.
CREATE TABLE erasures (
    erasure_id BLOB PRIMARY KEY CHECK (length(erasure_id) = 16),
    received_at TEXT NOT NULL,
    erased INTEGER NOT NULL CHECK (erased >= 0)
) STRICT, WITHOUT ROWID;

-- Installations whose events are refused from now on. Only the day, since the exact time would say which of them were
-- erased together.
CREATE TABLE erased_installs (
    install_id BLOB PRIMARY KEY CHECK (length(install_id) = 16),
    erased_day INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Finds what is to be erased without reading every event.
CREATE INDEX events_by_install ON events (install_id) WHERE install_id IS NOT NULL;
