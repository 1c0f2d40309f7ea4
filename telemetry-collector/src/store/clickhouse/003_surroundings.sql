-- What a program finds around it, of each run and as fields of each event: the C library it was built for, what runs its
-- container, and its Windows Subsystem for Linux. Rows of before have none.
ALTER TABLE runs ADD COLUMN libc Nullable(String);
ALTER TABLE runs ADD COLUMN container Nullable(String);
ALTER TABLE runs ADD COLUMN wsl Nullable(String);
ALTER TABLE events ADD COLUMN os_libc Nullable(String);
ALTER TABLE events ADD COLUMN os_container Nullable(String);
ALTER TABLE events ADD COLUMN os_wsl Nullable(String);
