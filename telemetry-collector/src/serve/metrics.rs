//! What the server counts of itself, for Prometheus. Labels are closed sets: paths of ours, statuses, rules.

use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use telemetry_schema::{ErasureReceipt, Receipt};

/// The type of what [`Metrics::page`] gives, as Prometheus takes it.
pub(super) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// From a receipt of a fast disk to the time after which the store is given up.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Paths that are told apart. Any other is `other`, since a path can be anything that somebody sends.
const PATHS: [&str; 9] = [
    "/v1/events",
    "/v1/logs",
    "/v1/erasures",
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/reports",
    "/",
];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    path: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Requested {
    path: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    rule: String,
}

#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Requested, Histogram>,
    bytes: Counter,
    accepted: Counter,
    duplicates: Counter,
    misdated: Counter,
    refused: Family<Refused, Counter>,
    store_seconds: Histogram,
    store_failures: Counter,
    waiting: Gauge<u64, AtomicU64>,
    erasures: Counter,
    erased: Counter,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("telemetry_collector");
        let requests = Family::default();
        registry.register("requests", "Requests that were answered", Family::clone(&requests));
        let seconds = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
        let help = "Time from a request's headers to its answer";
        registry.register_with_unit("request_duration", help, Unit::Seconds, Family::clone(&seconds));
        let counter = |registry: &mut Registry, name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, Counter::clone(&counter));
            counter
        };
        let bytes = counter(&mut registry, "body_bytes", "Bytes of bodies as they were sent");
        let accepted = counter(&mut registry, "events_accepted", "Events that were stored");
        let duplicates = counter(&mut registry, "events_duplicate", "Events that were stored before");
        let help =
            "Events that were stored and count for the day they came, since their clock cannot be right";
        let misdated = counter(&mut registry, "events_misdated", help);
        let refused = Family::default();
        registry.register(
            "events_refused",
            "Events that were refused, by their first rule",
            Family::clone(&refused),
        );
        let store_seconds = Histogram::new(SECONDS);
        let help = "Time that one write took, of all batches that waited";
        registry.register_with_unit("store_write", help, Unit::Seconds, store_seconds.clone());
        let store_failures = counter(&mut registry, "store_failures", "Times that the store failed");
        let waiting = Gauge::<u64, AtomicU64>::default();
        registry.register(
            "requests_in_work",
            "Requests that are judged or wait for the store",
            waiting.clone(),
        );
        let erasures = counter(&mut registry, "erasures", "Requests to erase that were carried out");
        let erased = counter(&mut registry, "events_erased", "Events that were erased");
        Self {
            registry,
            requests,
            seconds,
            bytes,
            accepted,
            duplicates,
            misdated,
            refused,
            store_seconds,
            store_failures,
            waiting,
            erasures,
            erased,
        }
    }

    pub(super) fn answered(&self, path: &str, status: u16, since: Instant) {
        let path = PATHS.into_iter().find(|known| is_under(path, known)).unwrap_or("other");
        self.requests.get_or_create(&Answered { path, status }).inc();
        self.seconds.get_or_create(&Requested { path }).observe(since.elapsed().as_secs_f64());
    }

    pub(super) fn received(&self, bytes: usize) {
        self.bytes.inc_by(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    pub(super) fn stored(&self, receipt: &Receipt) {
        self.accepted.inc_by(receipt.accepted);
        self.duplicates.inc_by(receipt.duplicates);
        for problem in receipt.refused.iter().filter_map(|refusal| refusal.problems.first()) {
            self.refused.get_or_create(&Refused { rule: problem.rule.clone() }).inc();
        }
    }

    pub(super) fn misdated(&self, events: u64) {
        self.misdated.inc_by(events);
    }

    pub(super) fn wrote(&self, took: Duration) {
        self.store_seconds.observe(took.as_secs_f64());
    }

    pub(super) fn store_failed(&self) {
        self.store_failures.inc();
    }

    /// Counts a request to erase that was answered. One that was carried out before is counted with the events of
    /// the first time again, which nobody can tell from here.
    pub(super) fn erased(&self, receipt: &ErasureReceipt) {
        self.erasures.inc();
        self.erased.inc_by(receipt.erased);
    }

    /// The page, with how many requests are in work now.
    pub(super) fn page(&self, in_work: usize) -> String {
        self.waiting.set(u64::try_from(in_work).unwrap_or(u64::MAX));
        let mut page = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut page, &self.registry);
        page
    }
}

fn is_under(path: &str, known: &str) -> bool {
    path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
