//! The detached process: what it has, and when it is gone.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use telemetry_transport::helper;

use crate::fixture;

/// How long the helper may live.
const DEADLINE: Duration = Duration::from_millis(700);

/// The file a helper writes to: what follows `--skip`, which the test harness takes without a meaning of its own.
fn told() -> Option<PathBuf> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--skip");
    arguments.nth(1).filter(|path| path.ends_with("helper-facts")).map(PathBuf::from)
}

/// Is a process of its own in the tests below, and does nothing otherwise.
#[test]
fn process() {
    let Some(path) = told() else { return };
    helper::enter(DEADLINE);
    let open = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    // Of the thread: the harness runs a test in one of its own, and on Linux each thread has its own priority.
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    // After the name in brackets: state, parent, process group, session, …, nice is the 17th.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let field = |index: usize| fields.get(index).copied().unwrap_or_default();
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let blocked = status.lines().find_map(|line| line.strip_prefix("SigBlk:")).unwrap_or_default().trim();
    let shared = std::fs::read_to_string("/proc/self/autogroup").unwrap_or_default();
    let shared = shared.trim().rsplit(' ').next().unwrap_or_default();
    let facts = format!(
        "id={} group={} session={} nice={} session_nice={shared} blocked={blocked} open={open} directory={}",
        std::process::id(),
        field(2),
        field(3),
        field(16),
        std::env::current_dir().unwrap().display()
    );
    telemetry_transport::write_private(&path, facts.as_bytes()).unwrap();
    // It hangs, as on a network that says nothing.
    loop {
        std::thread::park();
    }
}

fn start(path: &Path) {
    let program = std::env::current_exe().unwrap();
    let path = path.to_str().unwrap();
    let arguments = ["--exact", "helper::process", "--nocapture", "--skip", path];
    fixture::start(|| helper::spawn(&program, &arguments)).unwrap();
}

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_helper_stands_alone_and_is_gone_by_its_deadline() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("helper-facts");
    let before = Instant::now();
    start(&path);
    assert!(before.elapsed() < Duration::from_secs(2), "nobody waits for it");
    let facts = until("no facts", || std::fs::read_to_string(&path).ok().filter(|facts| !facts.is_empty()));
    assert!(facts.starts_with("id="), "{facts}");
    #[cfg(target_os = "linux")]
    stands_alone(&facts);
    #[cfg(windows)]
    assert!(facts.ends_with(&format!("directory={}", std::env::var("SYSTEMROOT").unwrap())), "{facts}");
}

#[cfg(target_os = "linux")]
fn stands_alone(facts: &str) {
    let fact = |name: &str| {
        let mut facts = facts.split(' ').filter_map(|fact| fact.split_once('='));
        facts.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned()).unwrap()
    };
    let id = fact("id");
    assert_eq!(fact("session"), id, "a session of its own: {facts}");
    assert_eq!(fact("group"), id, "{facts}");
    assert_eq!(fact("directory"), "/");
    assert_eq!(fact("nice"), "19", "{facts}");
    // The system takes one such change in a tenth of a second, but for root.
    if rustix::process::geteuid().is_root() {
        assert!(matches!(fact("session_nice").as_str(), "19" | ""), "{facts}");
    }
    assert_eq!(fact("blocked").trim_start_matches('0'), "", "no signal is held back: {facts}");
    // The three standard streams and the directory that is read.
    assert_eq!(fact("open"), "4", "{facts}");
    // A further start asks after the earlier ones, so that none stays a zombie. The first may come too early: a
    // process is shown as a zombie while its last thread is still on its way out.
    until("it stays a zombie", || {
        let _ = fixture::start(|| helper::spawn(Path::new("true"), &[]));
        (!Path::new(&format!("/proc/{id}")).exists()).then_some(())
    });
}

#[test]
fn a_helper_that_cannot_be_started_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let no_program = dir.path().join("facts");
    std::fs::write(&no_program, "").unwrap();
    for program in [Path::new("/nonexistent/telemetry"), &no_program] {
        fixture::start(|| helper::spawn(program, &[])).unwrap_err();
    }
}
