//! A server on loopback that answers by a script, one connection after the other.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use telemetry_schema::{
    Batch, Erasure, ErasureId, ErasureReceipt, Event, EventId, InstallId, Receipt, Timestamp,
};

/// What to do with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Store it and send a receipt with this status.
    Receipt(u16),
    /// Store it and close the connection: the answer is lost.
    StoreAndClose,
    /// Store it, and break off in the middle of the receipt.
    StoreAndBreakOff,
    /// A status, header lines, and a body.
    Status(u16, &'static str, &'static str),
    /// What this function says of the body: status, header lines, body.
    By(fn(&[u8]) -> (u16, &'static str, &'static str)),
    /// A redirect to this address.
    Redirect(String),
    /// 413 for more events than this, a receipt otherwise.
    AtMost(usize),
    /// Close the connection before anything is read.
    Close,
    /// Never answer.
    Silence,
    /// An answer of a byte now and then.
    Drip,
    /// A body without an end.
    Endless,
    /// Headers without an end.
    EndlessHeaders,
}

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<Request>>,
    stored: Mutex<BTreeMap<EventId, u64>>,
    erasures: Mutex<BTreeMap<ErasureId, Erasure>>,
    lost: AtomicU64,
    answered: AtomicU64,
    stopped: AtomicBool,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers by the script, and with receipts once that has ended.
    pub(crate) fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let mut script = script.into_iter().collect::<Vec<_>>().into_iter();
        let thread = std::thread::spawn({
            let seen = Arc::clone(&seen);
            move || {
                for stream in listener.incoming() {
                    if seen.stopped.load(Ordering::Acquire) {
                        break;
                    }
                    let reply = script.next().unwrap_or(Reply::Receipt(200));
                    // That the client goes away is what most of these tests are about.
                    let _ = stream.and_then(|stream| seen.serve(&stream, &reply));
                }
            }
        });
        Self { address, seen, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// The installations that were to be erased, each request once.
    pub(crate) fn erased(&self) -> Vec<InstallId> {
        let erasures = self.seen.erasures.lock().unwrap();
        erasures.values().flat_map(|request| request.install_ids.clone()).collect()
    }

    /// The losses that were told.
    pub(crate) fn lost(&self) -> u64 {
        self.seen.lost.load(Ordering::Acquire)
    }

    /// How many batches were stored.
    pub(crate) fn answered(&self) -> u64 {
        self.seen.answered.load(Ordering::Acquire)
    }

    /// How often an event came that was stored already.
    pub(crate) fn repeated(&self) -> u64 {
        self.seen.stored.lock().unwrap().values().map(|times| times - 1).sum()
    }

    /// The events that were stored; each once, as a collector does.
    pub(crate) fn stored(&self) -> Vec<EventId> {
        self.seen.stored.lock().unwrap().keys().copied().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.seen.stopped.store(true, Ordering::Release);
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Seen {
    fn serve(&self, stream: &TcpStream, reply: &Reply) -> io::Result<()> {
        if matches!(reply, Reply::Close) {
            return Ok(());
        }
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut raw = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut raw)?;
        let mut body = Vec::new();
        if head.to_ascii_lowercase().contains("content-encoding: gzip") {
            flate2::read::GzDecoder::new(raw.as_slice()).read_to_end(&mut body).unwrap_or_default();
        } else {
            body = raw;
        }
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        self.requests.lock().unwrap().push(Request { head, body: body.clone() });
        let mut writer = stream;
        match reply {
            Reply::Receipt(status) => answer(writer, *status, "", &self.receipt(&path, &body)),
            Reply::AtMost(events) => {
                let batch: Batch<Event> = serde_json::from_slice(&body).unwrap();
                if batch.events.len() > *events {
                    answer(writer, 413, "", "too large")
                } else {
                    answer(writer, 200, "", &self.store(&body))
                }
            }
            Reply::StoreAndClose => {
                self.receipt(&path, &body);
                Ok(())
            }
            Reply::StoreAndBreakOff => {
                let receipt = self.store(&body);
                let half = &receipt[..receipt.len() / 2];
                write!(writer, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{half}", receipt.len())
            }
            Reply::By(judge) => {
                let (status, headers, text) = judge(&body);
                answer(writer, status, headers, text)
            }
            Reply::Status(status, headers, body) => answer(writer, *status, headers, body),
            Reply::Redirect(to) => answer(writer, 307, &format!("location: {to}\r\n"), ""),
            Reply::Close => Ok(()),
            // Until the client has gone.
            Reply::Silence => reader.read_exact(&mut [0]),
            Reply::Drip => {
                write!(writer, "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n")?;
                loop {
                    writer.write_all(b"x")?;
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
            Reply::Endless => {
                write!(writer, "HTTP/1.1 200 OK\r\n\r\n")?;
                loop {
                    writer.write_all(&[b' '; 4096])?;
                }
            }
            Reply::EndlessHeaders => {
                write!(writer, "HTTP/1.1 200 OK\r\n")?;
                loop {
                    writer.write_all(b"x-more: and more of the same and more of the same\r\n")?;
                }
            }
        }
    }

    fn receipt(&self, path: &str, body: &[u8]) -> String {
        if path.ends_with("/v1/erasures") { self.erase(body) } else { self.store(body) }
    }

    /// Erases as a collector does, and gives the receipt.
    fn erase(&self, body: &[u8]) -> String {
        let request: Erasure = serde_json::from_slice(body).unwrap();
        let mut answered = self.erasures.lock().unwrap();
        let erased = request.install_ids.len() as u64;
        let received_at = Timestamp::default();
        let receipt = ErasureReceipt { erasure_id: request.erasure_id, received_at, erased };
        answered.entry(request.erasure_id).or_insert(request);
        serde_json::to_string(&receipt).unwrap()
    }

    /// Stores as a collector does, and gives the receipt.
    fn store(&self, body: &[u8]) -> String {
        let batch: Batch<Event> = serde_json::from_slice(body).unwrap();
        let mut stored = self.stored.lock().unwrap();
        self.answered.fetch_add(1, Ordering::AcqRel);
        self.lost.fetch_add(batch.losses.iter().map(|loss| loss.count).sum(), Ordering::AcqRel);
        let (mut accepted, mut duplicates) = (0, 0);
        for event in &batch.events {
            let times = stored.entry(event.event_id).or_default();
            *if *times == 0 { &mut accepted } else { &mut duplicates } += 1;
            *times += 1;
        }
        let received_at = Timestamp::default();
        let receipt = Receipt {
            batch_id: batch.batch_id,
            received_at,
            accepted,
            duplicates,
            refused: Vec::new(),
            refused_unnamed: 0,
        };
        serde_json::to_string(&receipt).unwrap()
    }
}

fn answer(mut stream: &TcpStream, status: u16, headers: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} Some reason\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}
