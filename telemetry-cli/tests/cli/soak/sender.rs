//! A sender: what it does is a function of its number and of how many things it has done, whatever is killed meanwhile.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use telemetry_schema::{BatchId, ErasureId, ErasureReceipt, EventId, InstallId, Receipt};

use super::wire::{Answer, Pace, Request, gzip};

/// Consecutive events of a sender that are of one installation.
const EACH_INSTALL: u64 = 48;
/// Earlier than the first event: identifiers hold their time.
const EPOCH_MS: u64 = 1_700_000_000_000;
const DEADLINE: Duration = Duration::from_secs(120);

/// Numbers that a seed gives: the same in every run. xorshift64*, Vigna 2016.
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn new(seed: u64) -> Self {
        Self((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
}

pub(super) struct Sender {
    number: u64,
    numbers: Numbers,
    /// Events made so far; each has the next number.
    made: u64,
    /// Batches and requests to erase made so far.
    asked: u64,
    /// Events that a receipt accounts for as stored.
    pub(super) acknowledged: BTreeSet<u64>,
    /// Installations that a receipt says are erased.
    pub(super) erased: BTreeSet<u64>,
    pub(super) receipts: Vec<ErasureReceipt>,
    /// What receipts add up to.
    pub(super) accepted: u64,
    pub(super) duplicates: u64,
    pub(super) refused: u64,
    pub(super) repeated: u64,
    /// The longest that a receipt took which came at the first attempt.
    pub(super) longest: Duration,
    pub(super) done: u64,
    address: SocketAddr,
}

impl Sender {
    pub(super) fn new(number: u64, seed: u64, address: SocketAddr) -> Self {
        Self {
            number,
            numbers: Numbers::new(seed * 1_000 + number),
            made: 0,
            asked: 0,
            acknowledged: BTreeSet::new(),
            erased: BTreeSet::new(),
            receipts: Vec::new(),
            accepted: 0,
            duplicates: 0,
            refused: 0,
            repeated: 0,
            longest: Duration::ZERO,
            done: 0,
            address,
        }
    }

    /// Does something, one kind of thing or another.
    pub(super) fn act(&mut self) {
        match self.numbers.below(100) {
            0..40 => self.good(Pace::AtOnce),
            40..44 => self.good(Pace::Slow),
            44..56 => self.again(),
            56..66 => self.partly_refused(),
            66..78 => self.rejected(),
            78..80 => self.half(),
            80..86 => self.erase(),
            86..90 => self.erased_again(),
            _ => self.report(),
        }
        self.done += 1;
    }

    fn good(&mut self, pace: Pace) {
        let count = if self.numbers.below(10) == 0 { 200 } else { 1 + self.numbers.below(30) };
        let events: Vec<u64> = (self.made..self.made + count).collect();
        self.made += count;
        self.send(&events, pace);
    }

    /// Events that were answered for before, under another batch, with a new one.
    fn again(&mut self) {
        if self.made == 0 {
            return;
        }
        let first = self.numbers.below(self.made);
        let mut events: Vec<u64> = (first..self.made.min(first + 20)).collect();
        events.push(self.made);
        self.made += 1;
        self.send(&events, Pace::AtOnce);
    }

    fn send(&mut self, events: &[u64], pace: Pace) {
        let texts: Vec<String> = events.iter().map(|event| self.event(*event)).collect();
        let request = self.batch(&texts).paced(pace);
        let receipt = self.receipt(&request, events.len());
        let refused: BTreeSet<u64> = receipt.refused.iter().map(|refusal| refusal.index).collect();
        for (index, event) in (0..).zip(events) {
            let is_erased = self.erased.contains(&(event / EACH_INSTALL));
            assert_eq!(refused.contains(&index), is_erased, "event {event}: {receipt:?}");
            if !is_erased {
                self.acknowledged.insert(*event);
            }
        }
        for refusal in &receipt.refused {
            assert_eq!(refusal.problems[0].rule, "install_id.erased");
        }
    }

    /// Every second event breaks a rule.
    fn partly_refused(&mut self) {
        let events: Vec<u64> = (self.made..self.made + 6).collect();
        self.made += 6;
        let texts: Vec<String> = events
            .iter()
            .map(|event| {
                let text = self.event(*event);
                match event % 6 {
                    1 => text.replace("\"trees\",\"list\"", "\"trees\",\"grandmothers\""),
                    3 => text.replace("\"json\"", "\"of-my-own\""),
                    5 => text.replace("\"duration_us\"", "\"name_of_user\":\"somebody\",\"duration_us\""),
                    _ => text,
                }
            })
            .collect();
        let request = self.batch(&texts);
        let receipt = self.receipt(&request, 6);
        let refused: BTreeSet<u64> = receipt.refused.iter().map(|refusal| refusal.index).collect();
        for (index, event) in (0..).zip(&events) {
            let is_refused = event % 2 == 1 || self.erased.contains(&(event / EACH_INSTALL));
            assert_eq!(refused.contains(&index), is_refused, "event {event}: {receipt:?}");
            if !is_refused {
                self.acknowledged.insert(*event);
            }
        }
    }

    /// What gets another answer than a receipt, and leaves nothing behind.
    fn rejected(&mut self) {
        let text = self.event(self.made);
        let kind = self.numbers.below(6);
        let many = |count: usize| vec![text.clone(); count];
        let (request, expected): (Request, &[u16]) = match kind {
            0 => (self.batch(&many(1_001)), &[400]),
            1 => {
                let mut request = self.batch(&many(1));
                request.body = vec![b'x'; 2 * 1024 * 1024];
                (request, &[413])
            }
            2 => {
                let mut request = self.batch(&many(1));
                request.body = gzip(&vec![b' '; 9 * 1024 * 1024]);
                (request, &[413])
            }
            3 => (Request::post("/v1/events", &"[".repeat(100_000)), &[400]),
            4 => {
                let mut request = self.batch(&many(1));
                request.headers = vec!["Content-Type: text/plain"];
                (request, &[415])
            }
            _ => (Request::post("/v1/events", "{\"protocol_version\":1"), &[400]),
        };
        let answer = self.until_answered(&request);
        assert!(expected.contains(&answer.status), "kind {kind}: {answer:?}");
    }

    /// A request that is cut off: whatever is answered, nothing of it is stored.
    fn half(&mut self) {
        let request = self.batch(&[self.event(self.made)]).paced(Pace::Half);
        self.made += 1;
        if let Ok(answer) = request.send(self.address) {
            assert_eq!(answer.status, 400, "{answer:?}");
        }
    }

    fn erase(&mut self) {
        let install = self.numbers.below(self.made / EACH_INSTALL + 1);
        self.asked += 1;
        let erasure_id = ErasureId::new(EPOCH_MS + self.asked, &self.random(self.asked));
        let request = json!({
            "protocol_version": 1, "erasure_id": erasure_id, "install_ids": [self.install(install)],
            "requested_at": "2026-01-31T12:00:00.000000+00:00",
        });
        let answer = self.until_answered(&Request::post("/v1/erasures", &request.to_string()));
        assert_eq!(answer.status, 200, "{answer:?}");
        let receipt: ErasureReceipt = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(receipt.erasure_id, erasure_id);
        self.erased.insert(install);
        self.receipts.push(receipt);
    }

    /// Whether a receipt of before can still be had, and is the same.
    fn erased_again(&mut self) {
        let Some(count) = u64::try_from(self.receipts.len()).ok().filter(|count| *count > 0) else { return };
        let index = usize::try_from(self.numbers.below(count)).unwrap();
        let receipt = self.receipts[index].clone();
        let request = Request::get(&format!("/v1/erasures/{}", receipt.erasure_id));
        let answer = self.until_answered(&request);
        assert_eq!(serde_json::from_slice::<ErasureReceipt>(&answer.body).unwrap(), receipt);
    }

    fn report(&mut self) {
        const PATHS: [&str; 8] = [
            "/reports/overview.json",
            "/reports/impact.json",
            "/reports/retention.csv",
            "/reports/durations",
            "/reports/flags.json?os=debian",
            "/healthz",
            "/readyz",
            "/metrics",
        ];
        let path = PATHS[usize::try_from(self.numbers.below(8)).unwrap()];
        let answer = self.until_answered(&Request::get(path));
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
    }

    /// The receipt for so many events.
    fn receipt(&mut self, request: &Request, events: usize) -> Receipt {
        let answer = self.until_answered(request);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        let receipt: Receipt = serde_json::from_slice(&answer.body).unwrap();
        let refused = u64::try_from(receipt.refused.len()).unwrap();
        let sum = receipt.accepted + receipt.duplicates + refused;
        assert_eq!(sum, u64::try_from(events).unwrap(), "{receipt:?}");
        self.accepted += receipt.accepted;
        self.duplicates += receipt.duplicates;
        self.refused += refused;
        receipt
    }

    /// Sends the same bytes until somebody answers for them, as a client does.
    fn until_answered(&mut self, request: &Request) -> Answer {
        let deadline = Instant::now() + DEADLINE;
        let mut is_first = true;
        loop {
            let begun = Instant::now();
            match request.send(self.address) {
                Ok(answer) if ![408, 429, 503].contains(&answer.status) => {
                    if is_first {
                        self.longest = self.longest.max(begun.elapsed());
                    }
                    return answer;
                }
                Ok(_) | Err(_) => {}
            }
            assert!(Instant::now() < deadline, "nobody answers {}", request.start);
            is_first = false;
            self.repeated += 1;
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn batch(&mut self, events: &[String]) -> Request {
        self.asked += 1;
        let batch_id = BatchId::new(EPOCH_MS + self.asked, &self.random(self.asked));
        let events = events.join(",");
        let json = format!("{{\"protocol_version\":1,\"batch_id\":\"{batch_id}\",\"events\":[{events}]}}");
        Request::post("/v1/events", &json)
    }

    fn random(&self, number: u64) -> [u8; 10] {
        let mut random = [0; 10];
        random[..2].copy_from_slice(&self.number.to_be_bytes()[6..]);
        random[2..].copy_from_slice(&number.to_be_bytes());
        random
    }

    fn install(&self, number: u64) -> InstallId {
        let mut random = [7; 16];
        random[..8].copy_from_slice(&self.number.to_be_bytes());
        random[8..].copy_from_slice(&number.to_be_bytes());
        InstallId::new(random)
    }

    /// The event of this number: the same bytes each time.
    fn event(&self, number: u64) -> String {
        let event_id = EventId::new(EPOCH_MS + number, &self.random(number));
        let outcome: Json = match number % 7 {
            0 => json!({"kind": "error", "code": "timeout"}),
            1 => json!({"kind": "panic"}),
            _ => json!({"kind": "success"}),
        };
        let day = 1 + number / 500 % 28;
        json!({
            "schema_version": 1, "policy_version": 1, "event_id": event_id,
            "install_id": self.install(number / EACH_INSTALL),
            "app": {"name": "orchard", "version": format!("1.{}.0", number / 1_000 % 8)},
            "os": {"name": "debian", "version": "12", "arch": "x86_64"},
            "command": {"path": ["trees", "list"], "flags": [{"name": "format", "values": ["json"]}],
                "positional_count": 0, "positionals": [], "dropped": {"words": 0, "flags": 0, "values": 0}},
            "started_at": format!("2026-01-{day:02}T10:00:00.000000+00:00"),
            "completed_at": format!("2026-01-{day:02}T10:00:01.000000+00:00"),
            "duration_us": 1_000 * (1 + number % 900), "outcome": outcome,
            "context": {"terminal": {"stdin": "other", "stdout": "other", "stderr": "other"}},
        })
        .to_string()
    }

    /// What must be stored of this sender: what was answered for, and not erased.
    pub(super) fn stored(&self) -> impl Iterator<Item = String> {
        let kept = |event: &&u64| !self.erased.contains(&(*event / EACH_INSTALL));
        self.acknowledged.iter().filter(kept).map(|event| self.event(*event))
    }

    /// Works until it is told to stop, or has done so many things.
    pub(super) fn work(&mut self, most: u64, pause: Duration, stop: &AtomicBool) {
        while self.done < most && !stop.load(Relaxed) {
            self.act();
            std::thread::sleep(pause);
        }
    }
}
