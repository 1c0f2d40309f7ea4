-- What a program finds around it, of each run and as fields of each event: the C library it was built for, what runs its
-- container, and its Windows Subsystem for Linux. Rows of before have none.
ALTER TABLE runs ADD COLUMN IF NOT EXISTS libc Nullable(String);
ALTER TABLE runs ADD COLUMN IF NOT EXISTS container Nullable(String);
ALTER TABLE runs ADD COLUMN IF NOT EXISTS wsl Nullable(String);
ALTER TABLE events ADD COLUMN IF NOT EXISTS os_libc Nullable(String);
ALTER TABLE events ADD COLUMN IF NOT EXISTS os_container Nullable(String);
ALTER TABLE events ADD COLUMN IF NOT EXISTS os_wsl Nullable(String);
