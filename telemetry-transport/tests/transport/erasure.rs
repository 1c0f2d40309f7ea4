//! Taking back what was sent: who is asked, for what, how often, and what is left of it afterwards.

use std::cell::RefCell;
use std::time::Duration;

use serde_json::json;
use telemetry_redact::consent::{Mode, SendPermit};
use telemetry_schema::{InstallId, Receipt};
use telemetry_transport::{
    Endpoint, EraseReport, Erasures, ExportSink, HttpOptions, HttpSink, PendingErasure, SealedBatch,
    SendError, Sink, Stopped, erase, ship,
};

use crate::documented::bare;
use crate::fixture::{Home, ScriptSink, TestClock, consent, event_id, receipt, yes};
use crate::server::{Reply, Server};

const DEADLINE: Duration = Duration::from_secs(10);

fn id(number: u8) -> InstallId {
    InstallId::new([number; 16])
}

/// With an event of each of these installations.
fn home_of(installs: &[Option<InstallId>]) -> Home {
    let events: Vec<_> = (0..)
        .zip(installs)
        .map(|(number, install)| {
            let mut event = bare();
            event["event_id"] = json!(event_id(number));
            if let Some(install) = install {
                event["install_id"] = json!(install);
            }
            event
        })
        .collect();
    Home::with_events(&events)
}

fn send(home: &Home, server: &Server) {
    let endpoint: Endpoint = server.url().parse().unwrap();
    let sink = HttpSink::new(&endpoint, HttpOptions::plain()).unwrap();
    let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    assert_eq!((report.left, report.stopped_by), (0, None));
}

fn ask_for_erasure(home: &Home) -> EraseReport {
    // By a clock on which waiting takes no time: how long a request may take is the agent's own time.
    erase(&Erasures::new(&home.state), &home.ledger, &HttpOptions::plain(), &TestClock::new(), DEADLINE)
}

#[test]
fn what_was_sent_is_erased_where_it_went_once_and_the_receipt_is_kept() {
    let server = Server::start([]);
    let other = Server::start([]);
    let home = home_of(&[Some(id(1)), None, Some(id(2)), Some(InstallId::CI), Some(id(1))]);
    let erasures = Erasures::new(&home.state);
    assert!(erasures.ask(&TestClock::new()).unwrap().requests.is_empty(), "nothing was sent");
    assert!(!erasures.is_pending());
    send(&home, &server);

    let asked = erasures.ask(&TestClock::new()).unwrap();
    assert_eq!(asked.cannot_be_asked, Vec::<String>::new());
    let [pending] = &asked.requests[..] else { panic!("{asked:?}") };
    assert_eq!(pending.destination, server.url());
    assert_eq!(pending.request.install_ids, [id(1), id(2)], "nobody speaks for CI");
    assert_eq!(erasures.pending().unwrap(), asked.requests);
    assert!(erasures.ask(&TestClock::new()).unwrap().requests.is_empty(), "it was asked");

    let report = ask_for_erasure(&home);
    assert_eq!((report.answered, report.erased, report.left, report.stopped_by), (1, 2, 0, None));
    assert_eq!(server.erased(), [id(1), id(2)]);
    assert_eq!(other.requests().len(), 0);
    assert!(!erasures.is_pending());
    let [erased] = &home.ledger.erasures().unwrap()[..] else { panic!("no receipt") };
    assert_eq!((&erased.destination, &erased.request), (&pending.destination, &pending.request));
    // Byte for byte what was sent.
    let sent = server.requests().pop().unwrap();
    assert!(sent.head.starts_with("POST /v1/erasures HTTP/1.1"), "{}", sent.head);
    assert_eq!(serde_json::to_vec(&erased.request).unwrap(), sent.body);

    assert_eq!(ask_for_erasure(&home), EraseReport::default());
    assert_eq!(server.requests().len(), 2, "one batch, one request");
    home.ledger.purge().unwrap();
    assert!(home.ledger.erasures().unwrap().is_empty());
}

#[test]
fn a_request_is_repeated_until_it_is_answered() {
    let faults = || {
        [
            Reply::Close,
            Reply::Status(503, "", ""),
            Reply::Status(429, "retry-after: 1\r\n", ""),
            Reply::StoreAndClose,
            Reply::Receipt(200),
        ]
    };
    let server = Server::start([Reply::Receipt(200)].into_iter().chain(faults()));
    let home = home_of(&[Some(id(1))]);
    send(&home, &server);
    Erasures::new(&home.state).ask(&TestClock::new()).unwrap();
    let report = ask_for_erasure(&home);
    assert_eq!((report.answered, report.left, report.stopped_by), (1, 0, None));
    assert_eq!(server.erased(), [id(1)], "the same request each time");
}

#[test]
fn a_collector_that_is_down_or_refuses_is_asked_again_the_next_time() {
    let server = Server::start([
        Reply::Receipt(200),
        Reply::Status(404, "", ""),
        Reply::Status(200, "", r#"{"erased":1}"#),
        Reply::Redirect("http://127.0.0.1:9/".to_owned()),
    ]);
    let home = home_of(&[Some(id(1))]);
    send(&home, &server);
    Erasures::new(&home.state).ask(&TestClock::new()).unwrap();
    for _ in 0..3 {
        let report = ask_for_erasure(&home);
        assert_eq!((report.answered, report.left, report.stopped_by), (0, 1, Some(Stopped::Refused)));
    }
    assert_eq!(ask_for_erasure(&home).answered, 1);
    assert_eq!(server.erased(), [id(1)]);
}

#[test]
fn one_that_is_not_answered_holds_up_no_other() {
    let down = {
        let server = Server::start([]);
        let home = home_of(&[Some(id(7))]);
        send(&home, &server);
        (home, server.url())
    };
    let (home, _gone) = down;
    let up = Server::start([]);
    let sink = HttpSink::new(&up.url().parse().unwrap(), HttpOptions::plain()).unwrap();
    home.spool.append(&crate::fixture::numbered(1)).unwrap();
    let segment = home.state.join("pending/active.ndjson");
    let text = std::fs::read_to_string(&segment).unwrap();
    let with_id = text.replace(r#","app""#, &format!(r#","install_id":"{}","app""#, id(8)));
    std::fs::write(&segment, with_id).unwrap();
    ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    assert_eq!(Erasures::new(&home.state).ask(&TestClock::new()).unwrap().requests.len(), 2);
    let report = ask_for_erasure(&home);
    assert_eq!((report.answered, report.left, report.stopped_by), (1, 1, Some(Stopped::Deadline)));
    assert_eq!(up.erased(), [id(8)]);
}

#[test]
fn places_that_cannot_be_asked_are_named() {
    let home = home_of(&[Some(id(1))]);
    let file = home.state.with_file_name("events.telemetry");
    let sink = ExportSink::create(&file).unwrap();
    ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    sink.finish().unwrap();
    let asked = Erasures::new(&home.state).ask(&TestClock::new()).unwrap();
    assert_eq!((asked.requests.len(), asked.cannot_be_asked), (0, vec!["export:".to_owned()]));
    assert!(!Erasures::new(&home.state).is_pending());
}

/// A sink that purges and asks while its request is under way.
struct PurgesMeanwhile<'a> {
    home: &'a Home,
    asked: RefCell<Vec<PendingErasure>>,
}

impl Sink for PurgesMeanwhile<'_> {
    fn destination(&self) -> String {
        "https://telemetry.example.com".to_owned()
    }

    fn send(&self, batch: &SealedBatch, _: SendPermit, _: Duration) -> Result<Receipt, SendError> {
        self.home.spool.purge().unwrap();
        let asked = Erasures::new(&self.home.state).ask(&TestClock::new()).unwrap();
        self.asked.borrow_mut().extend(asked.requests);
        Ok(receipt(batch, Vec::new()))
    }
}

#[test]
fn what_is_on_its_way_during_a_purge_is_asked_for() {
    let home = home_of(&[Some(id(1))]);
    let sink = PurgesMeanwhile { home: &home, asked: RefCell::default() };
    ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    let asked = sink.asked.into_inner();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].request.install_ids, [id(1)]);
}

#[test]
fn what_a_purge_took_before_the_request_is_not_sent() {
    let home = home_of(&[Some(id(1))]);
    let purge_meanwhile = || {
        home.spool.purge().unwrap();
        yes()
    };
    let sink = ScriptSink::default();
    ship(&home.spool, &home.ledger, &sink, purge_meanwhile, &TestClock::new(), DEADLINE);
    assert!(sink.got.borrow().is_empty());
}

#[test]
fn a_no_before_the_first_request_leaves_nothing_to_erase_at_the_collector() {
    let server = Server::start([]);
    let home = home_of(&[Some(id(1))]);
    let sink = HttpSink::new(&server.url().parse().unwrap(), HttpOptions::plain()).unwrap();
    ship(&home.spool, &home.ledger, &sink, || consent(Mode::Off), &TestClock::new(), DEADLINE);
    assert!(server.requests().is_empty());
    assert!(Erasures::new(&home.state).ask(&TestClock::new()).unwrap().requests.is_empty());
}

#[cfg(unix)]
mod failing {
    use std::collections::BTreeSet;

    use telemetry_transport::faults::{Fault, Kind, Lasts, during};

    use super::*;
    use crate::fixture::nobody_starts;

    /// Every call fails, once and for good: afterwards asking again asks for everything, and each is answered.
    #[test]
    fn a_failing_call_forgets_no_installation() {
        let _nobody = nobody_starts();
        let mut met = 0;
        for lasts in [Lasts::Once, Lasts::ForGood] {
            for at in 0.. {
                let server = Server::start([]);
                let home = home_of(&[Some(id(1)), Some(id(2))]);
                let erasures = Erasures::new(&home.state);
                send(&home, &server);
                let fault = Fault { at, kind: Kind::Error(5), lasts };
                let ((), calls) = during(Some(fault), || {
                    let _ = erasures.ask(&TestClock::new());
                    ask_for_erasure(&home);
                });
                let again = erasures.ask(&TestClock::new());
                assert!(again.is_ok(), "{fault:?}: {again:?}");
                let report = ask_for_erasure(&home);
                assert_eq!((report.left, report.stopped_by), (0, None), "{fault:?}");
                let erased: BTreeSet<_> = server.erased().into_iter().collect();
                assert_eq!(erased, BTreeSet::from([id(1), id(2)]), "{fault:?}");
                assert!(!home.ledger.erasures().unwrap().is_empty(), "{fault:?}");
                if calls.failed.is_none() {
                    break;
                }
                met += 1;
            }
        }
        assert!(met > 40, "{met}");
    }
}
