//! Two servers that share the rows.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use telemetry_collector::{Store as _, StoreError, Upkeep as _};

use super::fixture::Servers;
use super::history;
use super::{Both, erasure, store};
use crate::sample::{admitted, event, events, install_id, now, patched};

#[test]
fn two_shards_answer_as_one_file() {
    let Some(servers) = Servers::start(2) else { return };
    // The same histories each time: with one server they are at random.
    let mut runner = TestRunner::deterministic();
    for case in 0..2 {
        let both = Both::new(&servers.address(&format!("case_{case}")));
        let (steps, queries) =
            (history::steps(), history::queries()).new_tree(&mut runner).unwrap().current();
        for step in &steps {
            both.take(step);
        }
        both.compare_all();
        for query in &queries {
            both.compare(query);
        }
    }
}

/// One shard is all that an engine without a server can have: the tables, the questions and the settings of a write are those
/// of many.
#[test]
fn a_shard_of_a_current_engine_answers_as_a_file() {
    let Some(servers) = Servers::current() else { return };
    let mut runner = TestRunner::deterministic();
    let both = Both::new(&format!("{}?cluster=shards", servers.address("one_shard")));
    let (steps, queries) = (history::steps(), history::queries()).new_tree(&mut runner).unwrap().current();
    for step in &steps {
        both.take(step);
    }
    both.compare_all();
    for query in &queries {
        both.compare(query);
    }
    assert!(servers.ask(0, "SHOW CREATE TABLE one_shard.runs").contains("ENGINE = Distributed"));
}

#[test]
fn rows_are_spread_and_what_is_erased_is_gone_from_both() {
    let Some(servers) = Servers::start(2) else { return };
    let store = store(&servers.address("spread"));
    let many: Vec<Json> = (0..100_u8)
        .map(|number| patched(u64::from(number), &json!({"install_id": install_id(number % 5)})))
        .collect();
    assert_eq!(store.insert(&[admitted(1, &many)], now()).unwrap()[0].accepted, 100);
    assert_eq!(store.insert(&[admitted(2, &many)], now()).unwrap()[0].duplicates, 100);
    let rows = |server, table: &str| {
        servers
            .ask(server, &format!("SELECT count() FROM spread.{table}_shard"))
            .trim()
            .parse::<u64>()
            .unwrap()
    };
    for table in ["runs", "events"] {
        assert!(rows(0, table) > 20 && rows(1, table) > 20, "{table}");
        assert_eq!(rows(0, table) + rows(1, table), 100);
    }
    assert_eq!(store.erase(&erasure(1, &[1, 3]), now()).unwrap().erased, 40);
    assert_eq!(rows(0, "runs") + rows(1, "runs"), 60);
    assert_eq!(rows(0, "events") + rows(1, "events"), 60);
    assert_eq!(events(&store), 60);
    let condition = store.condition().unwrap();
    assert_eq!((condition.events, condition.problems), (60, Vec::new()));
    let tomorrow = now().unix_us().div_euclid(86_400_000_000) + 1;
    assert_eq!((store.forget(tomorrow).unwrap(), store.forget(tomorrow).unwrap()), (60, 0));
    assert_eq!(events(&store), 60);
}

#[test]
fn a_shard_that_is_away_is_an_error_and_no_half_of_a_report() {
    let Some(mut servers) = Servers::start(2) else { return };
    let store = store(&servers.address("away"));
    let some = |from: u64| (from..from + 40).map(event).collect::<Vec<Json>>();
    store.insert(&[admitted(1, &some(0))], now()).unwrap();
    for shard in [1, 0] {
        let before = events(&store);
        servers.kill(shard);
        let next = admitted(10 + shard as u64, &some(100 * (shard as u64 + 1)));
        let inserted = store.insert(std::slice::from_ref(&next), now());
        assert!(matches!(inserted, Err(StoreError::Away { .. })), "{inserted:?}");
        let report =
            store.report(&telemetry_collector::Query::new(telemetry_collector::ReportName::Overview));
        assert!(matches!(report, Err(StoreError::Away { .. })), "{report:?}");
        assert!(store.check().is_err());
        servers.restart(shard);
        // It may have been stored in part: sent again, each event is there once.
        let inserted = store.insert(&[next], now()).unwrap();
        assert_eq!(inserted[0].accepted + inserted[0].duplicates, 40);
        assert_eq!(events(&store), before + 40);
        assert_eq!(store.condition().unwrap().problems, Vec::<String>::new());
    }
}

#[test]
fn the_servers_are_the_shards_each_once() {
    let Some(servers) = Servers::start(2) else { return };
    for hosts in [vec![servers.port(0)], vec![servers.port(0), servers.port(0)]] {
        let hosts: Vec<_> = hosts.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        let address = format!("clickhouse://{}/half?cluster=shards", hosts.join(","));
        let error = store(&address).prepare().unwrap_err();
        assert!(error.to_string().contains("are not its shards, each once"), "{error}");
    }
    assert_eq!(servers.ask(0, "SELECT count() FROM system.databases WHERE name = 'half'"), "0\n");
}
