-- What noise on reports is drawn with: the least of these keys, which the first report with noise makes. Whoever has it can take
-- the noise off.
CREATE TABLE IF NOT EXISTS noise_keys
(
    key FixedString(32)
)
ENGINE = MergeTree()
ORDER BY (key);
