-- Weeks that are over, summed up: a report over a year reads fifty rows of a key in place of three hundred and more, and sets of
-- installs that are dense, which unite faster. Made from the days in `counts`, which stay, and made again where one of them
-- changes.
CREATE TABLE weeks (
    subject INTEGER NOT NULL,
    segment INTEGER NOT NULL REFERENCES segments (number),
    -- Its Monday.
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

-- Every week of the segment before this Monday is summed up; none where it is absent.
ALTER TABLE segments ADD COLUMN summed_until INTEGER;
