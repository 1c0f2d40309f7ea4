//! Whether telemetry is on, who decided, and what lies where.

use serde::Serialize;
use telemetry_schema::Timestamp;
use telemetry_transport::{Contents, Erased, PendingErasure, Which};

use super::layout::{Width, pairs, paragraph};
use super::{Control, Decision};
use crate::Client;

/// Whether telemetry is on, who decided, what would change it, and what lies where.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// Who decided.
    #[serde(flatten)]
    pub decision: Decision,
    /// Where events go.
    pub endpoint: Option<String>,
    /// Why the endpoint that is configured cannot be used, where that is so.
    pub endpoint_problem: Option<String>,
    /// Where the spool and the ledger lie. Nothing without a home.
    pub state_dir: Option<String>,
    /// Where the settings are. Nothing without a home.
    pub settings_file: Option<String>,
    /// Events that wait to be sent.
    pub pending_events: u64,
    /// Events that stay on this machine.
    pub local_events: u64,
    /// Batches that were sent, of which there is a copy.
    pub sent_batches: u64,
    /// How many of them were not answered for: whoever they were sent to may have them.
    pub unanswered_batches: u64,
    /// Records of the spool that cannot be read.
    pub damaged_records: u64,
    /// Segments of the spool that cannot be read at all.
    pub unreadable_segments: u64,
    /// Requests to erase what was sent that wait for their receipt.
    pub erasures_pending: Vec<ErasurePending>,
    /// Requests to erase that were carried out.
    pub erasures_answered: Vec<ErasureAnswered>,
}

/// A request to erase that waits for its receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ErasurePending {
    /// The endpoint that is asked.
    pub destination: String,
    /// When the user asked for it.
    pub requested_at: Timestamp,
}

/// A request to erase that was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ErasureAnswered {
    /// The endpoint that was asked.
    pub destination: String,
    /// When the user asked for it.
    pub requested_at: Timestamp,
    /// When it was carried out, by the collector's clock.
    pub received_at: Timestamp,
    /// How many events were erased.
    pub erased: u64,
}

impl Control {
    /// Whether telemetry is on, who decided, and what lies where. What cannot be read counts as nothing.
    #[must_use]
    pub fn status(&self) -> Status {
        let client = &self.client;
        let spool = client.spool();
        let contents = |which| spool.as_ref().and_then(|spool| spool.read(which).ok()).unwrap_or_default();
        let (pending, local) = (contents(Which::Pending), contents(Which::Local));
        let records = |contents: &Contents| contents.records.len() as u64;
        let sent =
            client.ledger().and_then(|ledger| ledger.read().ok()).map_or(Vec::new(), |sent| sent.batches);
        let unanswered = sent.iter().filter(|batch| batch.receipt.is_none());
        let endpoint = client.endpoint();
        Status {
            decision: self.decision(),
            endpoint: endpoint.ok().flatten().map(ToString::to_string),
            endpoint_problem: endpoint.err().map(ToString::to_string),
            state_dir: client.state_dir().map(|dir| dir.display().to_string()),
            settings_file: client.settings().ok().map(|file| file.path().display().to_string()),
            pending_events: records(&pending),
            local_events: records(&local),
            sent_batches: sent.len() as u64,
            unanswered_batches: unanswered.count() as u64,
            damaged_records: (pending.damaged.len() + local.damaged.len()) as u64,
            unreadable_segments: (pending.unreadable.len() + local.unreadable.len()) as u64,
            erasures_pending: erasures_pending(client),
            erasures_answered: erasures_answered(client),
        }
    }
}

fn erasures_pending(client: &Client) -> Vec<ErasurePending> {
    let pending = client.erasures().and_then(|erasures| erasures.pending().ok()).unwrap_or_default();
    let shown = pending.into_iter().map(|PendingErasure { destination, request, .. }| ErasurePending {
        destination,
        requested_at: request.requested_at,
    });
    shown.collect()
}

fn erasures_answered(client: &Client) -> Vec<ErasureAnswered> {
    let erased = client.ledger().and_then(|ledger| ledger.erasures().ok()).unwrap_or_default();
    let shown = erased.into_iter().map(|Erased { destination, request, receipt, .. }| ErasureAnswered {
        destination,
        requested_at: request.requested_at,
        received_at: receipt.received_at,
        erased: receipt.erased,
    });
    shown.collect()
}

impl Status {
    /// The same for people.
    #[must_use]
    pub fn text(&self, width: Width) -> String {
        let mut text = self.decision.head(width);
        for remedy in &self.decision.would_change_it {
            text.push_str(&paragraph(&format!("To change it: {remedy}"), width));
        }
        if let Some(problem) = &self.endpoint_problem {
            text.push_str(&paragraph(&format!("The endpoint cannot be used: {problem}"), width));
        }
        text.push('\n');
        text.push_str(&self.decision.list(width));
        text.push('\n');
        let or_none = |what: &Option<String>| what.clone().unwrap_or_else(|| "none".to_owned());
        let rows = [
            ("endpoint", or_none(&self.endpoint)),
            ("settings", or_none(&self.settings_file)),
            ("spool and ledger", or_none(&self.state_dir)),
            ("waiting to be sent", self.pending_events.to_string()),
            ("recorded to stay here", self.local_events.to_string()),
            ("batches sent", self.sent_batches.to_string()),
            ("of these without an answer", self.unanswered_batches.to_string()),
            ("damaged records", self.damaged_records.to_string()),
            ("unreadable segments", self.unreadable_segments.to_string()),
        ];
        text.push_str(&pairs(&rows.map(|(name, value)| [name.to_owned(), value]), width));
        for ErasurePending { destination, requested_at } in &self.erasures_pending {
            let line = format!("{destination} was asked to erase at {requested_at} and has not answered yet");
            text.push_str(&paragraph(&line, width));
        }
        for ErasureAnswered { destination, received_at, erased, .. } in &self.erasures_answered {
            text.push_str(&paragraph(
                &format!("{destination} erased {erased} events at {received_at}"),
                width,
            ));
        }
        text
    }
}
