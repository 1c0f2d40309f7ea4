//! An endpoint on loopback that takes whatever a client of telemetry sends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use flate2::read::GzDecoder;
use serde_json::json;

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    /// Answers that all is well, after this long.
    Answers(Duration),
    /// Takes a request and says nothing.
    Silent,
    /// Takes no connection.
    Refuses,
}

/// Listens until the process ends.
#[derive(Debug)]
pub(super) struct Sink {
    pub(super) address: String,
    requests: Arc<AtomicU64>,
}

impl Sink {
    pub(super) fn start(behaviour: Behaviour) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}", listener.local_addr()?);
        let requests = Arc::new(AtomicU64::new(0));
        // Without a listener nobody is at this port; the system does not hand it out again so soon.
        if behaviour != Behaviour::Refuses {
            let count = Arc::clone(&requests);
            thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    let count = Arc::clone(&count);
                    thread::spawn(move || {
                        // A client may go at any time.
                        let _ = serve(&stream, behaviour, &count);
                    });
                }
            });
        }
        Ok(Self { address, requests })
    }

    /// How many requests were read to their end.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Every request of a connection.
fn serve(stream: &TcpStream, behaviour: Behaviour, count: &AtomicU64) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream.try_clone()?;
    while let Some((path, body)) = request(&mut reader, &mut writer)? {
        count.fetch_add(1, Ordering::SeqCst);
        match behaviour {
            Behaviour::Answers(after) => {
                thread::sleep(after);
                let answer = answer(&path, &body);
                let length = answer.len();
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
                writer.write_all(format!("{head}\r\ncontent-length: {length}\r\n\r\n{answer}").as_bytes())?;
            }
            // The client ends the connection when it has waited enough.
            Behaviour::Silent | Behaviour::Refuses => {
                reader.read_to_end(&mut Vec::new())?;
            }
        }
    }
    Ok(())
}

/// The path and the body of the next request; nothing at the end of the connection.
fn request(reader: &mut BufReader<TcpStream>, writer: &mut TcpStream) -> Result<Option<(String, Vec<u8>)>> {
    let (mut path, mut length, mut chunked) = (None, 0, false);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(": ").filter(|_| path.is_some()) else {
            path = line.split(' ').nth(1).map(str::to_owned);
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse()?,
            "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
            "expect" => writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    while chunked {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim_end(), 16)?;
        let start = body.len();
        // After each part, the last and empty one too, stands the end of a line.
        body.resize(start + size + 2, 0);
        reader.read_exact(&mut body[start..])?;
        body.truncate(start + size);
        chunked = size > 0;
    }
    Ok(path.map(|path| (path, body)))
}

/// What a client takes for a yes: our own a receipt, telemetry-kit the counts; the others look at no more than the status.
fn answer(path: &str, body: &[u8]) -> String {
    match path {
        "/v1/events" => receipt(body).unwrap_or_default().to_string(),
        // An answer to OTLP without a word in it is one without an objection.
        "/v1/traces" => String::new(),
        _ => json!({ "status": "success", "accepted": 1, "rejected": 0, "message": "" }).to_string(),
    }
}

fn receipt(body: &[u8]) -> Option<serde_json::Value> {
    let batch: serde_json::Value = serde_json::from_reader(GzDecoder::new(body)).ok()?;
    Some(json!({
        "batch_id": batch.get("batch_id")?,
        "received_at": jiff::Timestamp::now().to_string(),
        "accepted": batch.get("events")?.as_array()?.len(),
        "duplicates": 0,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(to: &Sink, request: &str) -> String {
        let mut stream = TcpStream::connect(to.address.trim_start_matches("http://")).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn each_request_of_a_connection_is_answered_and_counted_however_its_length_is_said() {
        let sink = Sink::start(Behaviour::Answers(Duration::ZERO)).unwrap();
        let counted = "POST /v1/traces HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
        let chunked = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
        let answers = said(&sink, &format!("{counted}{chunked}"));
        assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
        assert!(answers.ends_with('}'), "{answers}");
        assert_eq!(sink.requests(), 2);
    }

    #[test]
    fn silence_is_counted_and_not_answered() {
        let sink = Sink::start(Behaviour::Silent).unwrap();
        assert_eq!(said(&sink, "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), "");
        assert_eq!(sink.requests(), 1);
    }

    #[test]
    fn nobody_is_there_to_take_a_refused_connection() {
        let sink = Sink::start(Behaviour::Refuses).unwrap();
        assert!(TcpStream::connect(sink.address.trim_start_matches("http://")).is_err());
    }
}
