//! The store on ClickHouse, beside the one in a file: a real server, started here where one is installed.

mod fixture;
mod history;
mod operating;
mod shards;

use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use telemetry_collector::{
    ClickHouseStore, Credentials, Filters, Query, ReportName, SqliteStore, Store, admit_erasure,
};
use telemetry_schema::ErasureId;

use crate::sample::{event_id, install_id, now};
use fixture::Servers;
use history::Step;

fn store(address: &str) -> ClickHouseStore {
    ClickHouseStore::new(address.parse().unwrap(), &Credentials::default())
}

fn erasure(number: u64, installs: &[u8]) -> telemetry_collector::AdmittedErasure {
    let request = json!({
        "protocol_version": 1,
        "erasure_id": event_id(1000 + number).parse::<ErasureId>().unwrap(),
        "install_ids": installs.iter().map(|install| install_id(*install)).collect::<Vec<_>>(),
        "requested_at": now(),
    });
    admit_erasure(request.to_string().as_bytes()).unwrap()
}

/// Whatever is done to one is done to the other, and they answer the same.
struct Both {
    file: SqliteStore,
    servers: ClickHouseStore,
}

impl Both {
    fn new(address: &str) -> Self {
        Self { file: SqliteStore::in_memory().unwrap(), servers: store(address) }
    }

    fn each<T: Debug + PartialEq>(&self, act: impl Fn(&dyn Store) -> T) -> T {
        let (expected, found) = (act(&self.file), act(&self.servers));
        assert_eq!(found, expected, "the file's on the right");
        found
    }

    fn take(&self, step: &Step) {
        match step {
            Step::Insert(batches) => {
                let batches: Vec<_> = batches.iter().map(history::admitted).collect();
                self.each(|store| store.insert(&batches, now()).unwrap());
            }
            Step::Erase(number, installs) => {
                let request = erasure(*number, installs);
                self.each(|store| store.erase(&request, now()).unwrap());
                self.each(|store| store.erasure(request.id()).unwrap());
            }
        }
    }

    fn compare(&self, query: &Query) {
        let (expected, found) = (self.file.report(query).unwrap(), self.servers.report(query).unwrap());
        assert_eq!(found.to_json(), expected.to_json(), "the file's on the right: {query:?}");
        assert_eq!(found.to_csv(), expected.to_csv(), "{query:?}");
    }

    fn compare_all(&self) {
        for name in ReportName::ALL {
            self.compare(&Query::new(*name).min_installs(1).top(usize::MAX));
        }
    }
}

#[test]
fn every_report_is_the_same_from_both_stores() {
    for servers in Servers::each() {
        // Each case takes seconds of two servers' work.
        let config =
            Config { cases: 4, max_shrink_iters: 40, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let database = std::cell::Cell::new(0);
        let strategy =
            (history::steps(), history::queries(), any::<bool>(), prop::collection::vec(history::event(), 9));
        let outcome = runner.run(&strategy, |(steps, queries, forget, later)| {
            database.set(database.get() + 1);
            let both = Both::new(&servers.address(&format!("case_{}", database.get())));
            for step in &steps {
                both.take(step);
            }
            both.compare_all();
            if forget {
                let tomorrow = now().unix_us().div_euclid(86_400_000_000) + 1;
                both.each(|store| (store.forget(tomorrow).unwrap(), store.forget(tomorrow).unwrap()));
                // Events that were not there before: what was forgotten is known to one of the two alone.
                let later = later.iter().zip(2000..).map(|(event, number)| {
                    let mut event = event.clone();
                    event["event_id"] = json!(event_id(number));
                    event
                });
                both.take(&Step::Insert(vec![(100, json!([]), later.collect())]));
                both.compare_all();
            }
            for query in &queries {
                both.compare(query);
            }
            Ok(())
        });
        outcome.unwrap();
    }
}

#[test]
fn whatever_is_asked_for_is_only_a_value() {
    for servers in Servers::each() {
        let both = Both::new(&servers.address("hostile"));
        both.take(&Step::Insert(vec![(
            1,
            json!([]),
            vec![crate::sample::patched(1, &json!({"policy_version": 3}))],
        )]));
        let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
        let hostile = prop_oneof![
            Just("orchard".to_owned()),
            Just("orchard' OR '1'='1".to_owned()),
            Just("\\' UNION ALL SELECT 1 --".to_owned()),
            ".*",
        ];
        let outcome = TestRunner::new(config).run(
            &(hostile.clone(), prop::option::of(hostile)),
            |(program, version)| {
                let filters = Filters { program: Some(program), version, ..Filters::default() };
                both.compare(&Query::new(ReportName::Commands).min_installs(1).filters(filters));
                Ok(())
            },
        );
        outcome.unwrap();
    }
}
