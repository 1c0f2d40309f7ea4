//! What was sent and not answered for: the ledger shows it, whatever becomes of it in the spool, until an answer comes.

use std::fs;
use std::net::TcpListener;
use std::time::Duration;

use telemetry_redact::consent::Mode;
use telemetry_schema::{EventId, InstallId};
use telemetry_transport::{
    Endpoint, Erasures, HttpOptions, HttpSink, MemorySink, SendError, ShipReport, Sink, SpoolLimits, Stopped,
    ship,
};

use crate::documented::bare;
use crate::fixture::{
    Answer, Home, NOW_MS, SEGMENT, ScriptSink, TestClock, event, event_id, id_at, json, numbered, numbers,
    receipt, yes,
};
use crate::server::{Reply, Server};

const DEADLINE: Duration = Duration::from_secs(10);
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn run(home: &Home, sink: &dyn Sink) -> ShipReport {
    run_after(home, sink, 0)
}

/// So many seconds later: what is claimed then is younger than what was claimed before.
fn run_after(home: &Home, sink: &dyn Sink, seconds: u64) -> ShipReport {
    let clock = TestClock::at(NOW_MS + seconds * 1000);
    ship(&home.spool, &home.ledger, sink, yes, &clock, DEADLINE)
}

fn http(url: &str) -> HttpSink {
    HttpSink::new(&url.parse::<Endpoint>().unwrap(), HttpOptions::plain()).unwrap()
}

/// An address at which nobody is.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Takes every batch and answers none.
fn silent() -> ScriptSink<'static> {
    ScriptSink::new((0..200).map(|_| Box::new(|_: &_| Err(SendError::Timeout)) as Answer<'_>))
}

/// Both the events and their batch.
#[test]
fn what_was_taken_without_an_answer_is_shown_after_it_was_evicted() {
    let server = Server::start(vec![Reply::StoreAndClose; 200]);
    let mut limits = SpoolLimits::default();
    limits.max_bytes = 3000;
    let home = Home::with(limits);
    for number in 0..2 {
        home.spool.append(&numbered(number)).unwrap();
    }
    let report = run(&home, &http(&server.url()));
    assert_eq!((report.left, report.stopped_by), (2, Some(Stopped::Deadline)));
    assert_eq!((server.stored(), home.unanswered()), (numbers(0..2), numbers(0..2)));
    assert!(home.sent().is_empty());

    // Of segments of one millisecond any may be the oldest.
    for number in 2..40 {
        home.spool.append(&event(id_at(NOW_MS + 1, number), Mode::On)).unwrap();
    }
    run_after(&home, &http(&nobody()), 60);
    assert!(!home.pending().contains(&event_id(0)), "the bounds have let it go");
    assert!(home.losses().contains("evicted"), "{}", home.losses());
    assert_eq!((home.unanswered(), home.sent()), (numbers(0..2), Vec::new()));
    let [batch] = &home.ledger.read().unwrap().batches[..] else { panic!("one batch") };
    assert_eq!((&batch.destination, &*batch.body), (&server.url(), &*server.requests()[0].body));
}

/// The next shipper sends the same bytes, which the collector knows: it stores nothing twice and counts the losses once.
#[test]
fn a_later_answer_completes_what_was_unanswered() {
    let home = Home::holding(3);
    fs::write(home.state.join("losses.json"), r#"{"evicted":5}"#).unwrap();
    let sink = silent();
    assert_eq!(run(&home, &sink).left, 3);
    assert_eq!((home.unanswered(), home.sent()), (numbers(0..3), Vec::new()));
    // What came since goes after it.
    home.spool.append(&numbered(3)).unwrap();
    let answers = ScriptSink::default();
    assert_eq!(run_after(&home, &answers, 60).sent, 4);
    assert_eq!((home.unanswered(), home.sent()), (Vec::new(), numbers(0..4)));
    let (asked, answered) = (sink.got.borrow(), answers.got.borrow());
    assert_eq!((asked[0].id(), asked[0].body()), (answered[0].id(), answered[0].body()));
    assert!(home.ledger.read().unwrap().batches.iter().all(|batch| batch.receipt.is_some()));
    assert_eq!(home.losses(), "{}", "told, and told once");
    assert_eq!(home.files("sent").len(), 4, "two batches and their receipts");
}

/// Some of a batch are evicted: the others go in another batch, and only those that are gone stay unanswered.
#[test]
fn what_is_left_of_an_unanswered_batch_is_completed_by_another() {
    let home = Home::holding(1);
    let old = home.state.join("pending").join(SEGMENT);
    fs::write(&old, format!("{}\n{}\n", json(8), json(9))).unwrap();
    run(&home, &silent());
    assert_eq!(home.unanswered(), [0, 8, 9].map(event_id));
    fs::remove_file(home.state.join("shipping").join(SEGMENT)).unwrap();
    let sink = ScriptSink::default();
    assert_eq!(run(&home, &sink).sent, 1);
    assert_eq!((home.sent(), home.unanswered()), (numbers(0..1), [8, 9].map(event_id).to_vec()));
}

/// Whether an answer, or none, leaves it open that the batch arrived.
#[test]
fn only_what_may_have_arrived_is_shown() {
    let table = [
        (Reply::StoreAndClose, true),
        (Reply::StoreAndBreakOff, true),
        (Reply::Status(503, "retry-after: 9999\r\n", ""), true),
        (Reply::Status(504, "retry-after: 9999\r\n", ""), true),
        (Reply::Status(200, "", "<html>Please log in</html>"), true),
        (Reply::Endless, true),
        (Reply::Status(429, "retry-after: 9999\r\n", ""), false),
        (Reply::Status(408, "retry-after: 9999\r\n", ""), false),
        (Reply::Status(400, "", ""), false),
        (Reply::Status(401, "", ""), false),
        (Reply::Status(404, "", ""), false),
        (Reply::Status(415, "", ""), false),
        (Reply::Redirect("http://127.0.0.1:9/".to_owned()), false),
    ];
    for (reply, may_have) in table {
        let said = format!("{reply:?}");
        let home = Home::holding(2);
        let server = Server::start(vec![reply; 200]);
        assert_eq!(run(&home, &http(&server.url())).left, 2, "{said}");
        let shown = if may_have { numbers(0..2) } else { Vec::new() };
        assert_eq!((home.unanswered(), home.sent()), (shown, Vec::new()), "{said}");
        assert_eq!(home.files("sent").is_empty(), !may_have, "{said}");
    }
    let home = Home::holding(2);
    run(&home, &http(&nobody()));
    assert!(home.files("sent").is_empty(), "there was no connection");
}

/// One lost answer is enough, whatever is said later.
#[test]
fn a_refusal_does_not_take_back_an_answer_that_was_lost() {
    for refusal in [401, 413] {
        let home = Home::holding(1);
        let server = Server::start([Reply::StoreAndClose, Reply::Status(refusal, "", "")]);
        run(&home, &http(&server.url()));
        assert_eq!(home.unanswered(), numbers(0..1), "{refusal}");
    }
}

#[test]
fn what_a_purge_takes_from_the_spool_stays_shown_until_the_ledger_is_purged() {
    let home = Home::holding(2);
    run(&home, &silent());
    assert_eq!(home.spool.purge().unwrap(), 2);
    run(&home, &MemorySink::new());
    assert_eq!((home.unanswered(), home.pending()), (numbers(0..2), Vec::new()));
    assert_eq!(home.ledger.purge().unwrap(), 1);
    assert!(home.files("sent").is_empty() && home.unanswered().is_empty());
}

/// Also where no answer ever comes that would let old ones go.
#[test]
fn what_is_unanswered_is_forgotten_with_age() {
    let home = Home::holding(1);
    run(&home, &silent());
    for (days, shown) in [(89, 1), (91, 0)] {
        let clock = TestClock::at(NOW_MS + days * DAY_MS);
        ship(&home.spool, &home.ledger, &silent(), yes, &clock, DEADLINE);
        assert_eq!(home.unanswered().len(), shown, "{days}");
    }
    assert!(home.files("sent").is_empty());
}

/// A shipper without a network tries for months: the ledger does not grow by it.
#[test]
fn what_is_sent_again_and_again_is_one_batch() {
    let home = Home::holding(2);
    for number in 2..6 {
        run_after(&home, &silent(), 60 * number);
        home.spool.append(&numbered(number)).unwrap();
        assert_eq!((home.unanswered(), home.files("sent").len()), (numbers(0..2), 2));
    }
}

/// To two places, of which one answered: the other may have it all the same.
#[test]
fn an_answer_from_elsewhere_completes_nothing() {
    let home = Home::holding(1);
    let [lost, kept] = [vec![Reply::StoreAndClose; 200], Vec::new()].map(Server::start);
    run(&home, &http(&lost.url()));
    assert_eq!(run(&home, &http(&kept.url())).sent, 1);
    assert_eq!((home.sent(), home.unanswered()), (numbers(0..1), numbers(0..1)));
    let shown: Vec<_> =
        home.ledger.read().unwrap().batches.into_iter().map(|batch| batch.destination).collect();
    assert_eq!(shown, [lost.url(), kept.url()]);
}

/// A shipper is killed at each of the steps. What is shown then, and what is left once another has shipped.
#[test]
fn each_moment_at_which_a_shipper_is_killed_leaves_the_truth() {
    let body = |id: EventId| format!(r#"{{"protocol_version":1,"batch_id":"{id}","events":[{}]}}"#, json(7));
    let [id, other] = [id_at(NOW_MS - 500, 1), id_at(NOW_MS - 400, 2)];
    let place = r#"{"destination":"a sink of the program's own"}"#;
    let answer = {
        let home = Home::holding(1);
        let sink = ScriptSink::default();
        run(&home, &sink);
        let batch = sink.got.borrow();
        let answer = serde_json::to_string(&receipt(&batch[0], Vec::new())).unwrap();
        answer.replace(&batch[0].id().to_string(), &id.to_string())
    };
    let answer = format!(r#"{{"destination":"a sink of the program's own","receipt":{answer}}}"#);
    // Of the body, the note and the receipt: which are there; whether it shows as answered or not; whether it stays.
    let table = [
        ("prepared", [true, false, false], None, false),
        ("on its way", [true, true, false], Some(false), true),
        ("answered, and the note still there", [true, true, true], Some(true), true),
        ("answered", [true, false, true], Some(true), true),
        ("about to be forgotten, unanswered", [false, true, false], None, false),
        ("about to be forgotten, answered", [false, false, true], None, false),
    ];
    for (said, there, answered, stays) in table {
        let home = Home::holding(1);
        fs::create_dir(home.state.join("sent")).unwrap();
        for ((name, text), there) in
            [("json", &body(id)), ("unanswered.json", &place.to_owned()), ("receipt.json", &answer)]
                .iter()
                .zip(there)
        {
            if there {
                fs::write(home.state.join(format!("sent/{id}.{name}")), text).unwrap();
            }
        }
        // Nothing that an older or younger program has put there is in the way.
        fs::write(home.state.join(format!("sent/{other}.other.json")), "{}").unwrap();
        let seven = |which| if answered == Some(which) { vec![event_id(7)] } else { Vec::new() };
        assert_eq!((home.sent(), home.unanswered()), (seven(true), seven(false)), "{said}");
        assert!(home.ledger.read().unwrap().damaged.is_empty(), "{said}");
        assert_eq!(run(&home, &MemorySink::new()).sent, 1, "{said}");
        assert_eq!(home.unanswered(), seven(false), "{said}");
        let left = home.files("sent").iter().filter(|name| name.starts_with(&id.to_string())).count();
        assert_eq!(left > 0, stays, "{said}: {left}");
    }
}

/// Noted before it goes, and kept until it is asked back: an answer has no say in it.
#[test]
fn who_may_have_an_event_is_asked_to_erase_it() {
    let install = InstallId::new([7; 16]);
    let mut event = bare();
    event["install_id"] = serde_json::json!(install);
    let home = Home::with_events(&[event]);
    let server = Server::start(vec![Reply::StoreAndClose; 200]);
    run(&home, &http(&server.url()));
    // The spool and the ledger forget it, and no answer ever comes.
    home.spool.purge().unwrap();
    home.ledger.purge().unwrap();
    let asked = Erasures::new(&home.state).ask(&TestClock::new()).unwrap();
    let [pending] = &asked.requests[..] else { panic!("{asked:?}") };
    assert_eq!((&pending.destination, &pending.request.install_ids[..]), (&server.url(), &[install][..]));
}
