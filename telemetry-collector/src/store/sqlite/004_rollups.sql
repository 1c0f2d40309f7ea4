-- What reports read, so that they do not grow with the events: sums by day, over sets of installs.
--
-- A set of installs is a Roaring bitmap of the numbers below (roaringbitmap.org, its portable form), so that a number
-- of installs over many days is exact, and one install can be taken out again.
CREATE TABLE installs (
    -- Never given twice: a number that was erased must not come to mean somebody else.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    install_id BLOB NOT NULL UNIQUE CHECK (length(install_id) = 16)
) STRICT;

-- What is counted: a JSON list of words, such as the command, or flag and value.
CREATE TABLE keys (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
) STRICT;

-- Whose runs are counted. Each run is counted in one segment of each level: told apart by nothing but program and CI
-- (0), by version (1), system (2) or install source (3) besides, or by all of these (4, by weeks).
CREATE TABLE segments (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    level INTEGER NOT NULL,
    program TEXT,
    program_version TEXT,
    os_name TEXT,
    install_source TEXT,
    ci INTEGER NOT NULL
) STRICT;

CREATE TABLE counts (
    subject INTEGER NOT NULL,
    segment INTEGER NOT NULL REFERENCES segments (number),
    -- Days since 1970, in UTC, of the start; at level 4 the Monday.
    day INTEGER NOT NULL,
    key INTEGER NOT NULL REFERENCES keys (number),
    runs INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    ci_runs INTEGER NOT NULL,
    failed_us INTEGER NOT NULL,
    durations BLOB NOT NULL,
    installs BLOB NOT NULL,
    failed_installs BLOB NOT NULL,
    PRIMARY KEY (subject, segment, day, key)
) STRICT, WITHOUT ROWID;

-- Events that are stored and not yet counted: a report counts them first.
CREATE TABLE uncounted (
    event INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE
) STRICT;

CREATE TRIGGER events_are_counted AFTER INSERT ON events BEGIN
    INSERT INTO uncounted (event) VALUES (new.id);
END;

INSERT INTO uncounted (event) SELECT id FROM events;

-- Percentiles were read off it; now there are histograms.
DROP INDEX events_by_duration;
