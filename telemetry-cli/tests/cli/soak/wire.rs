//! Requests whose every byte, and every pause between bytes, is this test's own.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Longer than the server's own times, so that it is always the server that gives up.
const PATIENCE: Duration = Duration::from_secs(90);

#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) start: String,
    pub(super) headers: Vec<&'static str>,
    pub(super) body: Vec<u8>,
    /// How the bytes are written.
    pub(super) pace: Pace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    AtOnce,
    /// In pieces, with pauses.
    Slow,
    /// Half of the body, then nothing more.
    Half,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn get(path: &str) -> Self {
        Self { start: format!("GET {path}"), headers: Vec::new(), body: Vec::new(), pace: Pace::AtOnce }
    }

    pub(super) fn post(path: &str, json: &str) -> Self {
        let headers = vec!["Content-Type: application/json", "Content-Encoding: gzip"];
        Self { start: format!("POST {path}"), headers, body: gzip(json.as_bytes()), pace: Pace::AtOnce }
    }

    pub(super) fn paced(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// Sends it once. An error where no whole answer came.
    pub(super) fn send(&self, address: SocketAddr) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let lines = self.headers.join("\r\n");
        let lines = if lines.is_empty() { lines } else { lines + "\r\n" };
        let length = self.body.len();
        let head = format!(
            "{} HTTP/1.1\r\nHost: collector\r\nConnection: close\r\nContent-Length: {length}\r\n{lines}\r\n",
            self.start
        );
        let bytes = [head.as_bytes(), &self.body].concat();
        match self.pace {
            // An answer may come before all was read: of a body that is too large, say.
            Pace::AtOnce => stream.write_all(&bytes).or_else(unless_closed)?,
            Pace::Slow => {
                for piece in bytes.chunks(bytes.len().div_ceil(4)) {
                    stream.write_all(piece)?;
                    std::thread::sleep(Duration::from_millis(40));
                }
            }
            Pace::Half => {
                stream.write_all(&bytes[..head.len() + length / 2])?;
                stream.shutdown(Shutdown::Write)?;
            }
        }
        read(&mut stream)
    }
}

fn unless_closed(error: io::Error) -> io::Result<()> {
    match error.kind() {
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => Ok(()),
        _ => Err(error),
    }
}

/// Reads a whole answer: a killed server can leave a part of one, which says nothing.
fn read(stream: &mut TcpStream) -> io::Result<Answer> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let whole = || -> Option<Answer> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        })?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let body = bytes[end + 4..].to_vec();
        (body.len() == length).then_some(Answer { status, body })
    };
    whole().ok_or_else(|| ErrorKind::UnexpectedEof.into())
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
