//! Servers on free ports of loopback, with nothing but a temporary directory. Gone when they go out of scope.
//!
//! Two kinds: the server that is installed, which on Debian is of 18.16; and the engine of a current one, which the Python
//! package `chdb` holds, behind `current.py`.

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
    kind: Kind,
    home: TempDir,
    http: u16,
    child: Option<Child>,
}

/// What answers.
#[derive(Debug, Clone)]
enum Kind {
    /// This `clickhouse-server`.
    Server(PathBuf),
    /// The engine of a current one, in this Python, which has `chdb`.
    Engine(PathBuf),
}

/// Names the Python that has `chdb`; `.ci/run` sets it.
const CHDB_PYTHON: &str = "CHDB_PYTHON";

/// A ClickHouse server of this machine, where there is one.
fn installed() -> Option<PathBuf> {
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
        Some(Self::of(&Kind::Server(binary), count))
    }

    /// Starts the engine of a current server. Nothing where there is none, which is said.
    #[expect(clippy::print_stdout, reason = "that a test was skipped, and why, is for whoever runs it")]
    pub(crate) fn current() -> Option<Self> {
        let Some(python) = std::env::var_os(CHDB_PYTHON) else {
            println!(
                "skipped: no engine of a current ClickHouse ({CHDB_PYTHON} names a Python that has `chdb`)"
            );
            return None;
        };
        Some(Self::of(&Kind::Engine(python.into()), 1))
    }

    /// One of each kind that there is, one after the other.
    pub(crate) fn each() -> impl Iterator<Item = Self> {
        [|| Self::start(1), Self::current].into_iter().filter_map(|start| start())
    }

    fn of(kind: &Kind, count: usize) -> Self {
        // All are asked for before any is given back, so that they differ.
        let listeners: Vec<_> = (0..count * 2).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> =
            listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        drop(listeners);
        let (http, tcp) = ports.split_at(count);
        let shard =
            |port| format!("<shard><replica><host>127.0.0.1</host><port>{port}</port></replica></shard>");
        let shards = tcp.iter().map(shard).collect::<Vec<_>>().concat();
        let mut servers: Vec<_> =
            http.iter().zip(tcp).map(|(http, tcp)| Server::new(kind.clone(), *http, *tcp, &shards)).collect();
        servers.iter_mut().for_each(Server::run);
        servers.iter().for_each(Server::wait);
        Self { servers }
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
    fn new(kind: Kind, http: u16, tcp: u16, shards: &str) -> Self {
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
        Self { kind, home, http, child: None }
    }

    fn run(&mut self) {
        let config = self.home.path().join("config.xml");
        let mut command = match &self.kind {
            Kind::Server(binary) => {
                let mut command = Command::new(binary);
                command.arg(format!("--config-file={}", config.display())).stdin(Stdio::null());
                command
            }
            Kind::Engine(python) => {
                let script = concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/../telemetry-collector/tests/collector/clickhouse/current.py"
                );
                let mut command = Command::new(python);
                command.arg(script).arg(self.http.to_string()).arg(self.home.path().join("data"));
                // It ends when this process does.
                command.arg(config).arg(format!("ada:{PASSWORD}")).stdin(Stdio::piped());
                command
            }
        };
        command.current_dir(self.home.path()).stdout(Stdio::null()).stderr(self.errors());
        self.child = Some(command.spawn().unwrap());
    }

    fn errors(&self) -> Stdio {
        match &self.kind {
            Kind::Server(_) => Stdio::null(),
            Kind::Engine(_) => fs::File::create(self.home.path().join("errors")).unwrap().into(),
        }
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
