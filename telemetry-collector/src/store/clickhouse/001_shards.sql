-- Written by `cargo xtask gen` from telemetry-schema. Do not edit.
-- For each server of a cluster: the rows of its shard, and a table over those of all.
-- A row's shard is by the hash of its own identifier, so that what is sent again comes to the same one.

-- What reports read: a row a run. Neither the batch nor the sender nor the time of day it came is kept with it,
-- since that would link the install identifiers of one person across their rotation.
CREATE TABLE IF NOT EXISTS runs_shard
(
    event_id FixedString(16), -- the event
    copy UInt32, -- a random number: of copies of one event the one with the greatest stays
    received_day Date, -- the day it came, and nothing finer
    install_id FixedString(16), -- zeros for runs in CI and for those without one
    program Nullable(String),
    program_version Nullable(String),
    install_source Nullable(String),
    os_name String,
    os_version Nullable(String),
    arch String,
    auth_method Nullable(String),
    ci_vendor Nullable(String),
    agent Nullable(String),
    ci UInt8, -- whether it ran in CI
    day Int32, -- days since 1970, in UTC, of its start
    week Int32, -- that day's Monday
    duration_us UInt64,
    duration_bucket UInt16, -- its place in a histogram, as store/durations.rs has it
    failed UInt8, -- whether it ended in an error or a panic
    command String, -- its words
    error_code Nullable(String),
    error_message Nullable(String),
    error_fingerprint Nullable(String),
    flag_names Array(String), -- each once
    flag_values Nested(name String, value Nullable(String)), -- each once; no value where it was dropped
    misspellings Nested(place String, typed String, meant String), -- each once
    deprecated Nested(place String, name String) -- each once
)
ENGINE = ReplacingMergeTree(copy)
PARTITION BY toYYYYMM(received_day)
ORDER BY (event_id);

CREATE TABLE IF NOT EXISTS runs AS runs_shard
ENGINE = Distributed({cluster}, {database}, runs_shard, cityHash64(event_id));

-- The events as they were sent, with a column for each field: for export and for questions that no report
-- answers. Forgotten a day at a time.
CREATE TABLE IF NOT EXISTS events_shard
(
    event_id FixedString(16),
    install_id FixedString(16), -- zeros where there is none, and for CI, as in the table above
    received_day Date, -- the day it came
    json String, -- as it was sent, byte for byte
    app_install_source Nullable(String), -- app.install_source
    app_name Nullable(String), -- app.name
    app_version Nullable(String), -- app.version
    auth_method Nullable(String), -- auth_method
    command_deprecated_name Array(String), -- command.deprecated[].name
    command_deprecated_place Array(String), -- command.deprecated[].place
    command_dropped_flags Int64, -- command.dropped.flags
    command_dropped_values Int64, -- command.dropped.values
    command_dropped_words Int64, -- command.dropped.words
    command_flags_name Array(String), -- command.flags[].name
    command_flags_values Array(Array(String)), -- command.flags[].values[]
    command_misspellings_meant Array(String), -- command.misspellings[].meant
    command_misspellings_place Array(String), -- command.misspellings[].place
    command_misspellings_typed Array(String), -- command.misspellings[].typed
    command_path Array(String), -- command.path[]
    command_positional_count Int64, -- command.positional_count
    command_positionals_index Array(Int64), -- command.positionals[].index
    command_positionals_values Array(Array(String)), -- command.positionals[].values[]
    completed_at String, -- completed_at
    context_agent Nullable(String), -- context.agent
    context_ci Nullable(String), -- context.ci
    context_terminal_stderr String, -- context.terminal.stderr
    context_terminal_stdin String, -- context.terminal.stdin
    context_terminal_stdout String, -- context.terminal.stdout
    duration_us Int64, -- duration_us
    exit_code Nullable(Int64), -- exit_code
    os_arch String, -- os.arch
    os_name String, -- os.name
    os_version Nullable(String), -- os.version
    outcome_kind String, -- outcome.kind
    outcome_code Nullable(String), -- outcome.code
    outcome_fingerprint Nullable(String), -- outcome.fingerprint
    outcome_message Nullable(String), -- outcome.message
    outcome_signal Nullable(String), -- outcome.signal
    outcome_location Nullable(String), -- outcome.location
    policy_version Nullable(Int64), -- policy_version
    prompts_choices Array(Array(String)), -- prompts[].choices[]
    prompts_default_kept Array(Nullable(String)), -- prompts[].default_kept
    prompts_id Array(String), -- prompts[].id
    prompts_kind Array(String), -- prompts[].kind
    prompts_left_empty Array(Nullable(String)), -- prompts[].left_empty
    schema_version Int64, -- schema_version
    started_at String -- started_at
)
ENGINE = ReplacingMergeTree()
PARTITION BY received_day
ORDER BY (event_id);

CREATE TABLE IF NOT EXISTS events AS events_shard
ENGINE = Distributed({cluster}, {database}, events_shard, cityHash64(event_id));

-- What senders lost before they sent a batch. Sent again, a batch counts once.
CREATE TABLE IF NOT EXISTS losses_shard
(
    batch_id FixedString(16),
    reason String,
    count UInt64,
    received_day Date
)
ENGINE = ReplacingMergeTree()
ORDER BY (batch_id, reason);

CREATE TABLE IF NOT EXISTS losses AS losses_shard
ENGINE = Distributed({cluster}, {database}, losses_shard, cityHash64(batch_id));

-- Installations whose events are refused, and counted nowhere, from that day on.
CREATE TABLE IF NOT EXISTS erased_installs_shard
(
    install_id FixedString(16),
    erased_day Date
)
ENGINE = ReplacingMergeTree()
ORDER BY (install_id);

CREATE TABLE IF NOT EXISTS erased_installs AS erased_installs_shard
ENGINE = Distributed({cluster}, {database}, erased_installs_shard, cityHash64(install_id));

-- Requests to erase that were carried out; not what they asked for.
CREATE TABLE IF NOT EXISTS erasures_shard
(
    erasure_id FixedString(16),
    received_at String,
    erased UInt64
)
ENGINE = MergeTree()
ORDER BY (erasure_id);

CREATE TABLE IF NOT EXISTS erasures AS erasures_shard
ENGINE = Distributed({cluster}, {database}, erasures_shard, cityHash64(erasure_id));
