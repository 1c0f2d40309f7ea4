//! A process that is measured: a collector, or a peer of it, on loopback.

use std::fs;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// Longer than any limit of what is measured.
const PATIENCE: Duration = Duration::from_secs(120);

/// Builds the program that is measured.
pub(crate) fn telemetry(root: &Path) -> Result<PathBuf> {
    let mut build = Command::new(env!("CARGO"));
    build.current_dir(root).args(["build", "--release", "--locked", "--quiet", "--package", "telemetry-cli"]);
    if !build.status()?.success() {
        bail!("the program does not build");
    }
    let name = format!("telemetry{}", std::env::consts::EXE_SUFFIX);
    Ok(root.join("target").join("release").join(name))
}

/// The program of which the made-up events are.
pub(crate) fn policy(root: &Path) -> PathBuf {
    root.join("telemetry-cli").join("src").join("sample").join("orchard.toml")
}

/// A running server; killed when it goes out of scope.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Served {
    /// A collector with an SQLite store.
    pub(crate) fn collector(program: &Path, root: &Path, store: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--max-rate", "0", "--min-installs", "1"]);
        command.arg("--store").arg(store).arg("--policy").arg(policy(root));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start the collector")?;
        let mut lines = BufReader::new(child.stderr.take().context("no stderr")?).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        // Somebody has to read on, or it would stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let address = first.rsplit("//").next().and_then(|address| address.parse().ok());
        Ok(Self { child, address: address.with_context(|| format!("the collector says: {first}"))? })
    }

    /// Another program, that is told where to listen.
    pub(crate) fn peer(command: impl FnOnce(SocketAddr) -> Command) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = command(address);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().context("cannot start the peer")?;
        let deadline = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(address).is_err() {
            if Instant::now() > deadline || child.try_wait()?.is_some() {
                let _ = child.kill();
                bail!("the peer does not listen");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { child, address })
    }

    /// The most memory it had since it began, or since [`Served::forget_peak`], in MiB.
    pub(crate) fn peak_mib(&self) -> Option<f64> {
        peak_mib(self.child.id())
    }

    /// As [`processor_seconds`].
    pub(crate) fn processor_seconds(&self) -> Option<f64> {
        processor_seconds(self.child.id())
    }

    /// From here on the peak is a new one (proc(5), `clear_refs`).
    pub(crate) fn forget_peak(&self) {
        // Where that cannot be done, the peak is the old one, which hides nothing.
        let _ = fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The most memory that a process had; `None` where the system does not say.
pub(crate) fn peak_mib(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib / 1024.0)
}

/// Seconds of processors that a process has used: the same, whatever else the machine does. Ticks of `/proc/PID/stat` (proc(5))
/// are hundredths of a second.
pub(crate) fn processor_seconds(process: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let after_name = stat.rsplit(')').next()?;
    let mut ticks = after_name.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Some((ticks.next()?.ok()? + ticks.next()?.ok()?) / 100.0)
}

/// One connection that is used again and again.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Sends a whole request and reads the whole answer: its status and its body.
    pub(crate) fn ask(&mut self, request: &[u8]) -> io::Result<(u16, Vec<u8>)> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        let mut chunk = [0; 16 * 1024];
        loop {
            let read = io::Read::read(&mut self.stream, &mut chunk)?;
            if read == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            self.buffer.extend_from_slice(&chunk[..read]);
            let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
            let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            while self.buffer.len() < end + 4 + length {
                let read = io::Read::read(&mut self.stream, &mut chunk)?;
                if read == 0 {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
                self.buffer.extend_from_slice(&chunk[..read]);
            }
            let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
            return Ok((status.ok_or(ErrorKind::InvalidData)?, self.buffer[end + 4..].to_vec()));
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

/// A whole request with a body.
pub(crate) fn post(path: &str, media_type: &str, is_gzip: Gzip, body: &[u8]) -> Vec<u8> {
    let encoding = if is_gzip == Gzip::Yes { "Content-Encoding: gzip\r\n" } else { "" };
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {media_type}\r\n{encoding}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// A whole request without one.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").into_bytes()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gzip {
    Yes,
    No,
}
