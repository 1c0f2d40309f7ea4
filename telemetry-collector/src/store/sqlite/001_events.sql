-- One row an event: what reports ask for. Neither the batch nor the sender nor the time of day it came is kept with
-- it, since that would link the install identifiers of one person across their rotation.
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    event_id BLOB NOT NULL UNIQUE CHECK (length(event_id) = 16),
    received_day INTEGER NOT NULL,
    install_id BLOB CHECK (length(install_id) = 16),
    program TEXT,
    program_version TEXT,
    install_source TEXT,
    os_name TEXT NOT NULL,
    os_version TEXT,
    command TEXT NOT NULL,
    started_us INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('success', 'error', 'interrupted', 'panic')),
    error_code TEXT,
    error_message TEXT
) STRICT;

-- The events as they were sent, byte for byte. Apart, since reports read all rows of the table above, which so is an
-- eighth as large.
CREATE TABLE event_json (
    event INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
    json TEXT NOT NULL
) STRICT;

-- Durations in order, command by command: percentiles are read off it.
CREATE INDEX events_by_duration ON events (program, command, duration_us);

CREATE TABLE misspellings (
    event INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    place TEXT NOT NULL,
    typed TEXT NOT NULL,
    meant TEXT NOT NULL
) STRICT;

CREATE INDEX misspellings_by_event ON misspellings (event);

-- What senders lost before they sent a batch. Sent again, a batch counts once.
CREATE TABLE losses (
    batch_id BLOB NOT NULL CHECK (length(batch_id) = 16),
    reason TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    received_day INTEGER NOT NULL,
    PRIMARY KEY (batch_id, reason)
) STRICT, WITHOUT ROWID;
