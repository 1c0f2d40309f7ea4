//! What goes wrong with servers, and what is done about it.

use std::sync::{Arc, Barrier};
use std::thread;

use serde_json::{Value as Json, json};
use telemetry_collector::{
    CLICKHOUSE_PASSWORD, CLICKHOUSE_USER, ClickHouseStore, Credentials, ExportForm, Noise, Query, ReportName,
    SqliteStore, Store, StoreError, Upkeep,
};

use super::fixture::{PASSWORD, Servers};
use super::{erasure, store};
use crate::client::post;
use crate::sample::{admitted, all_of, batch, event, events, install_id, now, patched, start};

fn today() -> i64 {
    now().unix_us().div_euclid(86_400_000_000)
}

fn credentials(user: &str, password: &str) -> Credentials {
    Credentials::from_variables(&|name| match name {
        CLICKHOUSE_USER => Some(user.to_owned()),
        CLICKHOUSE_PASSWORD => Some(password.to_owned()),
        _ => None,
    })
    .unwrap()
}

#[test]
fn collectors_that_are_sent_the_same_at_once_store_it_once() {
    for servers in Servers::each() {
        let address = servers.address("races");
        store(&address).prepare().unwrap();
        let barrier = Barrier::new(4);
        thread::scope(|scope| {
            for collector in 0..4_u64 {
                let (address, barrier) = (&address, &barrier);
                scope.spawn(move || {
                    let store = store(address);
                    for round in 0..5_u64 {
                        let events: Vec<Json> = (0..5).map(|number| event(round * 5 + number)).collect();
                        let batch = admitted(collector * 100 + round, &events);
                        barrier.wait();
                        let inserted = store.insert(&[batch], now()).unwrap();
                        assert_eq!(inserted[0].accepted + inserted[0].duplicates, 5);
                    }
                });
            }
        });
        let store = store(&address);
        assert_eq!(events(&store), 25);
        let condition = store.condition().unwrap();
        assert_eq!((condition.events, condition.problems), (25, Vec::new()));
    }
}

#[test]
fn what_a_collector_left_that_died_is_named_and_compacted() {
    for servers in Servers::each() {
        let store = store(&servers.address("left"));
        let of = |number, install| patched(number, &json!({"install_id": install_id(install)}));
        store.insert(&[admitted(1, &[of(1, 1), of(2, 2)])], now()).unwrap();
        let copy = "INSERT INTO left.runs SELECT * REPLACE(toUInt32(copy + 1) AS copy) FROM left.runs";
        let copy = copy.replace("SELECT * REPLACE(toUInt32(copy + 1) AS copy)", &copied_columns(&servers));
        assert_eq!(servers.ask(0, &copy), "");
        let found = store.condition().unwrap();
        assert_eq!(found.problems.len(), 1, "{found:?}");
        assert!(found.problems[0].starts_with("2 events are counted twice"), "{found:?}");
        // Remembered as erased, and not yet deleted.
        let erased =
            "INSERT INTO left.erased_installs SELECT install_id, received_day FROM left.runs LIMIT 1";
        assert_eq!(servers.ask(0, erased), "");
        assert_eq!(store.condition().unwrap().problems.len(), 3);
        store.compact().unwrap();
        assert_eq!(store.condition().unwrap().problems, Vec::<String>::new());
        assert_eq!(events(&store), 1);
        assert_eq!(servers.ask(0, "SELECT count() FROM left.runs"), "1\n");
    }
}

/// Every column, with another copy's number.
fn copied_columns(servers: &Servers) -> String {
    let query = "SELECT name FROM system.columns WHERE database = 'left' AND table = 'runs'";
    let columns = servers.ask(0, query);
    let columns = columns.lines().map(|name| if name == "copy" { "toUInt32(copy + 1)" } else { name });
    format!("SELECT {}", columns.collect::<Vec<_>>().join(", "))
}

#[test]
fn what_was_acknowledged_is_there_after_the_server_is_killed_and_a_server_that_is_away_is_waited_for() {
    for mut servers in Servers::each() {
        let store = Arc::new(store(&servers.address("killed")));
        let server = start(Arc::clone(&store) as Arc<dyn Store>, |_| {});
        let address = server.address();
        for number in 0..3 {
            assert_eq!(post(address, &batch(number, &[event(number)])).status, 200);
        }
        servers.kill(0);
        let answer = post(address, &batch(3, &[event(3)]));
        assert_eq!((answer.status, answer.problem().as_str()), (503, "store_failed"));
        assert_eq!(answer.header("retry-after"), Some("60"));
        let get = |path: &str| crate::client::send(address, &format!("GET {path}"), &[], b"").status;
        assert_eq!((get("/readyz"), get("/reports/commands.json"), get("/healthz")), (503, 503, 200));
        assert!(matches!(store.check(), Err(StoreError::Away { .. })));

        servers.restart(0);
        assert_eq!(get("/readyz"), 200);
        let answer = post(address, &batch(3, &[event(3), event(0)]));
        assert_eq!(
            (answer.json()["accepted"].clone(), answer.json()["duplicates"].clone()),
            (json!(1), json!(1))
        );
        assert_eq!(events(&*store), 4);
        server.stop().unwrap();
    }
}

#[test]
fn a_database_that_is_not_ours_is_named_and_left_alone() {
    for servers in Servers::each() {
        let message = |store: &ClickHouseStore| {
            let error = store.prepare().unwrap_err();
            let port = servers.port(0).to_string();
            error.to_string().replace(&port, "PORT")
        };
        let existing = |database: &str| {
            ClickHouseStore::existing(servers.address(database).parse().unwrap(), &Credentials::default())
        };
        assert_eq!(
            message(&existing("absent")),
            "clickhouse://127.0.0.1:PORT/absent is not a telemetry store: it is not there"
        );
        assert_eq!(servers.ask(0, "SELECT count() FROM system.databases WHERE name = 'absent'"), "0\n");
        servers.ask(0, "CREATE DATABASE empty");
        assert_eq!(
            message(&existing("empty")),
            "clickhouse://127.0.0.1:PORT/empty is not a telemetry store: it is an empty database"
        );
        servers.ask(0, "CREATE DATABASE other");
        servers.ask(0, "CREATE TABLE other.notes (text String) ENGINE = Memory");
        assert_eq!(
            message(&store(&servers.address("other"))),
            "clickhouse://127.0.0.1:PORT/other is not a telemetry store: it is another program's database"
        );
        let later = store(&servers.address("later"));
        later.prepare().unwrap();
        servers.ask(0, "INSERT INTO later.telemetry_format VALUES (999, '')");
        let before = servers.ask(0, "SELECT count() FROM system.tables WHERE database = 'later'");
        assert_eq!(
            message(&store(&servers.address("later"))),
            "the store clickhouse://127.0.0.1:PORT/later has format 999, and this version reads formats up to 3"
        );
        assert_eq!(servers.ask(0, "SELECT count() FROM system.tables WHERE database = 'later'"), before);

        let with = |database: &str, password: &str| {
            ClickHouseStore::new(servers.address(database).parse().unwrap(), &credentials("ada", password))
        };
        with("hers", PASSWORD).prepare().unwrap();
        let refused = with("hers", "wrong").prepare().unwrap_err();
        assert!(matches!(refused, StoreError::Denied { .. }), "{refused:?}");

        let cluster = |name: &str, database: &str| {
            store(&format!("clickhouse://127.0.0.1:{}/{database}?cluster={name}", servers.port(0)))
        };
        assert!(message(&cluster("no_such", "c")).contains("a server does not know it"));
        assert!(message(&cluster("shards", "hers")).contains("were made for another cluster, or for none"));
        cluster("shards", "c").prepare().unwrap();
        assert!(
            message(&store(&servers.address("c"))).contains("were made for another cluster, or for none")
        );
    }
}

#[test]
fn tables_that_a_process_did_not_finish_are_finished() {
    for servers in Servers::each() {
        let address = servers.address("unfinished");
        store(&address).prepare().unwrap();
        servers.ask(0, "DROP TABLE unfinished.runs");
        servers.ask(0, "DROP TABLE unfinished.telemetry_format");
        servers.ask(0, "CREATE TABLE unfinished.telemetry_format (format UInt32, cluster String) ENGINE = MergeTree() ORDER BY format");
        let store = store(&address);
        store.insert(&[admitted(1, &[event(1)])], now()).unwrap();
        assert_eq!(events(&store), 1);
    }
}

/// The key is kept by the servers, and tables that were made before there was one get it.
#[test]
fn noise_is_the_same_from_every_collector_and_after_an_upgrade() {
    for servers in Servers::each() {
        let address = servers.address("noised");
        let query = Query::new(ReportName::Commands).min_installs(1).noise(Noise::new(0.01).unwrap());
        let first = store(&address);
        let of = |number, install| patched(number, &json!({"install_id": install_id(install)}));
        first.insert(&[admitted(1, &[of(1, 1), of(2, 2), of(3, 3)])], now()).unwrap();
        let asked = first.report(&query).unwrap().to_json();
        assert_eq!(store(&address).report(&query).unwrap().to_json(), asked);
        assert_eq!(servers.ask(0, "SELECT count() FROM noised.noise_keys"), "1\n");

        servers.ask(0, "DROP TABLE noised.noise_keys");
        servers.ask(0, "DROP TABLE noised.telemetry_format");
        servers.ask(0, "CREATE TABLE noised.telemetry_format (format UInt32, cluster String) ENGINE = MergeTree() ORDER BY format");
        servers.ask(0, "INSERT INTO noised.telemetry_format VALUES (1, '')");
        let upgraded = store(&address);
        assert_eq!(events(&upgraded), 3);
        assert_eq!(upgraded.report(&query).unwrap().to_json(), upgraded.report(&query).unwrap().to_json());
        assert_eq!(upgraded.condition().unwrap().format, 3);
    }
}

/// What was stored before has none of the new columns' facts, and is counted as before.
#[test]
fn tables_of_before_get_the_columns_that_came_later() {
    for servers in Servers::each() {
        let address = servers.address("grown");
        let os = |os: Json| json!({"os": os});
        let of_now = json!({"name": "debian", "libc": "glibc", "container": "docker", "wsl": "wsl2"});
        store(&address).insert(&[admitted(1, &[event(1)])], now()).unwrap();
        for (table, prefix) in [("runs", ""), ("events", "os_")] {
            for column in ["libc", "container", "wsl"] {
                servers.ask(0, &format!("ALTER TABLE grown.{table} DROP COLUMN {prefix}{column}"));
            }
        }
        servers.ask(0, "DROP TABLE grown.telemetry_format");
        servers.ask(0, "CREATE TABLE grown.telemetry_format (format UInt32, cluster String) ENGINE = MergeTree() ORDER BY format");
        servers.ask(0, "INSERT INTO grown.telemetry_format VALUES (2, '')");

        let upgraded = store(&address);
        upgraded.insert(&[admitted(2, &[event(1), patched(2, &os(of_now))])], now()).unwrap();
        assert_eq!((events(&upgraded), upgraded.condition().unwrap().format), (2, 3));
        let systems = all_of(&upgraded, ReportName::Systems);
        for section in ["libraries", "containers", "wsl"] {
            assert_eq!(systems[section].as_array().map(Vec::len), Some(1), "{section}: {systems}");
        }
        let fields =
            "SELECT os_libc, os_container, os_wsl, os_name FROM grown.events ORDER BY os_name FORMAT TSV";
        assert_eq!(servers.ask(0, fields), "glibc\tdocker\twsl2\tdebian\n\\N\t\\N\t\\N\twindows\n");
    }
}

/// Servers of 18.16 never sync, and do not know the setting.
#[test]
fn tables_are_synced_where_the_server_can() {
    for servers in Servers::each() {
        store(&servers.address("synced")).prepare().unwrap();
        let version = servers.ask(0, "SELECT version()");
        let is_old = version.starts_with("18.");
        for table in ["runs", "events", "losses", "erased_installs", "erasures"] {
            let table = servers.ask(0, &format!("SHOW CREATE TABLE synced.{table}"));
            for setting in ["fsync_after_insert = 1", "fsync_part_directory = 1"] {
                assert_eq!(table.contains(setting), !is_old, "{version} {table}");
            }
        }
    }
}

#[test]
fn every_event_leaves_as_from_the_file() {
    for servers in Servers::each() {
        let store = store(&servers.address("export"));
        let file = SqliteStore::in_memory().unwrap();
        let error = json!({"outcome": {"kind": "error", "code": "frost"}, "install_id": null, "duration_us": u64::MAX});
        let many: Vec<Json> = (0..20).map(event).chain([patched(20, &error)]).collect();
        for store in [&store as &dyn Store, &file] {
            store.insert(&[admitted(1, &many)], now()).unwrap();
        }
        for form in [ExportForm::Lines, ExportForm::Csv] {
            let lines = |store: &dyn Upkeep| {
                let mut out = Vec::new();
                assert_eq!(store.export(form, &mut out).unwrap(), 21);
                let mut lines: Vec<String> =
                    String::from_utf8(out).unwrap().lines().map(str::to_owned).collect();
                lines.sort();
                lines
            };
            assert_eq!(lines(&store), lines(&file));
        }
        let fields = "SELECT command_flags_name, command_flags_values, app_version, exit_code, duration_us FROM export.events
            WHERE outcome_kind = 'error' FORMAT TSV";
        assert_eq!(
            servers.ask(0, fields),
            "['fruit','name']\t[['pear'],[]]\t1.2.0\t0\t9223372036854775807\n"
        );
    }
}

/// A file forgets whose runs it counted, and cannot take them out later; here they are still known, and go.
#[test]
fn an_erasure_takes_out_what_was_forgotten_too() {
    for servers in Servers::each() {
        let store = store(&servers.address("forgotten"));
        let of = |number, install| patched(number, &json!({"install_id": install_id(install)}));
        store.insert(&[admitted(1, &[of(1, 1), of(2, 2)])], now()).unwrap();
        assert_eq!((store.forget(today()).unwrap(), store.forget(today() + 1).unwrap()), (0, 2));
        assert_eq!(store.forget(today() + 1).unwrap(), 0);
        assert_eq!((events(&store), store.condition().unwrap().events), (2, 0));
        assert_eq!(store.erase(&erasure(1, &[1]), now()).unwrap().erased, 1);
        assert_eq!(events(&store), 1);
        assert_eq!(all_of(&store, ReportName::Overview)["totals"]["installs"], 1);
        // An event that comes once more is known, though it was forgotten.
        assert_eq!(store.insert(&[admitted(2, &[of(2, 2)])], now()).unwrap()[0].duplicates, 1);
    }
}
