-- What noise on reports is drawn with: one key, made with the store, that no report shows and no export has. Whoever has it can
-- take the noise off, and whoever has this file needs none.
CREATE TABLE noise_key (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT;

-- From SQLite's own generator, which the system seeds (sqlite.org/lang_corefunc.html, randomblob).
INSERT INTO noise_key (number, key) VALUES (1, randomblob(32));
