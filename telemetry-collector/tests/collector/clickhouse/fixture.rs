//! Servers on free ports of loopback, with nothing but a temporary directory. Gone when they go out of scope.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// What a server of another user is started with.
pub(crate) const PASSWORD: &str = "made-up";

/// Longer than any start takes.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// The servers of one test: alone, or the shards of a cluster named `shards`.
pub(crate) struct Servers {
    servers: Vec<Server>,
}

struct Server {
    binary: PathBuf,
    home: TempDir,
    http: u16,
    child: Option<Child>,
}

/// A ClickHouse server of this machine, where there is one.
pub(crate) fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/bin")]);
    places.map(|place| place.join("clickhouse-server")).find(|file| file.is_file())
}

impl Servers {
    /// Starts so many servers. Nothing where none is installed, which is said.
    #[expect(clippy::print_stdout, reason = "that a test was skipped, and why, is for whoever runs it")]
    pub(crate) fn start(count: usize) -> Option<Self> {
        let Some(binary) = installed() else {
            println!(
                "skipped: no clickhouse-server on this machine (on Debian, apt-get install clickhouse-server)"
            );
            return None;
        };
        // All are asked for before any is given back, so that they differ.
        let listeners: Vec<_> = (0..count * 2).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> =
            listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        drop(listeners);
        let (http, tcp) = ports.split_at(count);
        let shard =
            |port| format!("<shard><replica><host>127.0.0.1</host><port>{port}</port></replica></shard>");
        let shards = tcp.iter().map(shard).collect::<Vec<_>>().concat();
        let mut servers: Vec<_> = http
            .iter()
            .zip(tcp)
            .map(|(http, tcp)| Server::new(binary.clone(), *http, *tcp, &shards))
            .collect();
        servers.iter_mut().for_each(Server::run);
        servers.iter().for_each(Server::wait);
        Some(Self { servers })
    }

    /// The address of a database on all of them.
    pub(crate) fn address(&self, database: &str) -> String {
        let hosts: Vec<_> = self.servers.iter().map(|server| format!("127.0.0.1:{}", server.http)).collect();
        let cluster = if hosts.len() > 1 { "?cluster=shards" } else { "" };
        format!("clickhouse://{}/{database}{cluster}", hosts.join(","))
    }

    /// The HTTP port of one.
    pub(crate) fn port(&self, index: usize) -> u16 {
        self.servers[index].http
    }

    /// Kills one as a crash would.
    pub(crate) fn kill(&mut self, index: usize) {
        self.servers[index].kill();
    }

    /// Starts one again that was killed.
    pub(crate) fn restart(&mut self, index: usize) {
        self.servers[index].run();
        self.servers[index].wait();
    }

    /// Asks one, past every store.
    pub(crate) fn ask(&self, index: usize, query: &str) -> String {
        ask(self.servers[index].http, query).expect("an answer")
    }
}

impl Server {
    fn new(binary: PathBuf, http: u16, tcp: u16, shards: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().display();
        let config = format!(
            "<yandex>
                <logger><level>error</level><log>{path}/log</log><errorlog>{path}/errors</errorlog></logger>
                <listen_host>127.0.0.1</listen_host><http_port>{http}</http_port><tcp_port>{tcp}</tcp_port>
                <path>{path}/data/</path><tmp_path>{path}/tmp/</tmp_path>
                <users_config>users.xml</users_config>
                <default_profile>default</default_profile><default_database>default</default_database>
                <mark_cache_size>67108864</mark_cache_size>
                <remote_servers><shards>{shards}</shards></remote_servers>
            </yandex>"
        );
        let user = |name: &str, password: &str| {
            format!(
                "<{name}><password>{password}</password><networks><ip>127.0.0.1</ip></networks>\
                 <profile>default</profile><quota>default</quota></{name}>"
            )
        };
        let users = format!(
            "<yandex><profiles><default/></profiles><quotas><default/></quotas><users>{}{}</users></yandex>",
            user("default", ""),
            user("ada", PASSWORD)
        );
        fs::write(home.path().join("config.xml"), config).unwrap();
        fs::write(home.path().join("users.xml"), users).unwrap();
        Self { binary, home, http, child: None }
    }

    fn run(&mut self) {
        let config = format!("--config-file={}", self.home.path().join("config.xml").display());
        let mut command = Command::new(&self.binary);
        command.arg(config).current_dir(self.home.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
    }

    fn wait(&self) {
        let begun = Instant::now();
        while ask(self.http, "SELECT 1").as_deref() != Some("1\n") {
            let said = || fs::read_to_string(self.home.path().join("errors")).unwrap_or_default();
            assert!(begun.elapsed() < START_DEADLINE, "no server came up: {}", said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The body of an answer; nothing where nobody answers.
fn ask(port: u16, query: &str) -> Option<String> {
    let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).ok()?;
    let length = query.len();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: store\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{query}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    if !head.contains("chunked") {
        return Some(body.to_owned());
    }
    // Each chunk is its length, a line end, itself, a line end.
    let (mut rest, mut whole) = (body, String::new());
    while let Some((length, after)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).ok()?;
        whole.push_str(after.get(..length)?);
        rest = after.get(length + 2..)?;
    }
    Some(whole)
}
