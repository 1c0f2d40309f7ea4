-- What messages of one wording have in common. Events of before have none and are told by their message.
ALTER TABLE events ADD COLUMN error_fingerprint TEXT;
