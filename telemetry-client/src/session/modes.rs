//! Every way to say yes and no, each with a whole run: what is decided, kept, sent and touched.
//!
//! In this process, in a directory of its own, with an endpoint that is a file: that there is one says that something was
//! sent. What stands in the tests of `redact::consent` is the decision alone; here it is what comes of it.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use telemetry_schema::Terminal;
use telemetry_transport::Which;

use super::*;
use crate::surroundings::Environment;

const POLICY: &str = r#"{"format": 1, "program": "orchard", "version": 7, "environment_prefix": "ORCHARD",
    "dialect": "clap", "commands": [{"path": ""}]}"#;

/// Whether the notice was shown, or can be.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shown {
    Before,
    NowOrNever,
    Never,
}

#[derive(Debug, Clone, Copy)]
struct Case {
    setting: Option<&'static str>,
    variable: Option<&'static str>,
    do_not_track: Option<&'static str>,
    ci: Option<&'static str>,
    shown: Shown,
    admin: Option<&'static str>,
    project: Option<&'static str>,
}

/// Every combination.
fn cases() -> Vec<Case> {
    const NOTHING: Case = Case {
        setting: None,
        variable: None,
        do_not_track: None,
        ci: None,
        shown: Shown::Never,
        admin: None,
        project: None,
    };
    type Set<T> = fn(Case, T) -> Case;
    fn each<T: Copy>(cases: Vec<Case>, values: &[T], set: Set<T>) -> Vec<Case> {
        cases.into_iter().flat_map(|case| values.iter().map(move |value| set(case, *value))).collect()
    }
    let all = [None, Some("false"), Some("local"), Some("true")];
    let cases = each(vec![NOTHING], &all, |case, setting| Case { setting, ..case });
    let cases = each(cases, &all, |case, variable| Case { variable, ..case });
    let cases = each(cases, &all, |case, admin| Case { admin, ..case });
    let cases = each(cases, &all, |case, project| Case { project, ..case });
    let cases = each(cases, &[None, Some("1")], |case, do_not_track| Case { do_not_track, ..case });
    let cases = each(cases, &[None, Some("true")], |case, ci| Case { ci, ..case });
    each(cases, &[Shown::Before, Shown::NowOrNever, Shown::Never], |case, shown| Case { shown, ..case })
}

/// What must come of it, by the rules as a person would say them.
fn expected(case: &Case) -> Mode {
    let is_no = |said: Option<&str>| said == Some("false");
    if case.do_not_track.is_some() || is_no(case.admin) || is_no(case.project) {
        return Mode::Off;
    }
    let is_local = |said: Option<&str>| said == Some("local");
    match case.variable.or(case.setting) {
        Some("false") => Mode::Off,
        None if case.shown != Shown::Before => Mode::Off,
        said if is_local(said) || is_local(case.admin) || is_local(case.project) => Mode::Local,
        _ => Mode::On,
    }
}

/// A home, and what is in it.
struct Home(tempfile::TempDir);

impl Home {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn set(path: &Path, value: Option<&str>) {
        let Some(value) = value else { return };
        let value = if value == "local" { "\"local\"" } else { value };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("telemetry_enabled = {value}\n")).unwrap();
    }

    fn files(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.0.path().to_owned()];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                let content = (!path.is_dir()).then(|| fs::read(&path).unwrap());
                open.extend(content.is_none().then(|| path.clone()));
                found.insert(path, content);
            }
        }
        found
    }
}

#[test]
fn every_way_to_say_yes_and_no() {
    let builder = Telemetry::builder(Policy::from_json(POLICY).unwrap(), "1.0.0", None)
        .foreground(Duration::from_secs(30));
    let cases = cases();
    assert_eq!(cases.len(), 4 * 4 * 4 * 4 * 2 * 2 * 3);
    let came_to = |mode: Mode| cases.iter().filter(|case| expected(case) == mode).count();
    // Each mode is met, and off by far the most.
    assert_eq!([Mode::Off, Mode::Local, Mode::On].map(came_to), [2514, 430, 128]);
    // A case waits for the disk more than it computes.
    std::thread::scope(|scope| {
        for some in cases.chunks(cases.len() / 16) {
            scope.spawn(|| some.iter().for_each(|case| check(&builder, case)));
        }
    });
}

fn check(builder: &Builder, case: &Case) {
    let home = Home(tempfile::tempdir().unwrap());
    let [state, config, work, sent] = ["state", "config.toml", "work", "sent.ndjson"].map(|n| home.path(n));
    let endpoint = format!("file://{}", sent.display());
    let mut variables: Vec<(&str, &str)> = vec![
        (variables::STATE_DIR, state.to_str().unwrap()),
        (variables::CONFIG, config.to_str().unwrap()),
        (variables::ENDPOINT, &endpoint),
    ];
    variables.extend(case.variable.map(|value| ("ORCHARD_TELEMETRY_ENABLED", value)));
    variables.extend(case.do_not_track.map(|value| (variables::DO_NOT_TRACK, value)));
    variables.extend(case.ci.map(|value| ("CI", value)));
    let stderr = if case.shown == Shown::NowOrNever { StreamKind::Terminal } else { StreamKind::Other };
    let terminal = Terminal { stdin: StreamKind::Other, stdout: StreamKind::Other, stderr };
    let environment = Environment::fake(variables, home.0.path()).with_terminal(terminal);
    fs::create_dir(&work).unwrap();
    Home::set(&config, case.setting);
    Home::set(&work.join(crate::PROJECT_FILE), case.project);
    Home::set(&environment.at(&crate::platform::admin_file().unwrap()), case.admin);
    let state = state.join("orchard");
    if case.shown == Shown::Before {
        let mut kept = Installation::default();
        kept.notice = builder.notice_version();
        kept.write(&state).unwrap();
    }
    let before = home.files();
    let started = Started {
        at: SystemTime::now(),
        clock: Instant::now(),
        working_directory: Some(work.clone()),
        environment,
    };
    let mut stderr = Vec::new();
    let recorded = builder.record(&started, &mut stderr, Ending::Success, Some(0));

    let mode = expected(case);
    assert_eq!(recorded.is_ok(), mode != Mode::Off, "{case:?} {recorded:?}");
    let program = builder.ruling.program().unwrap();
    let client = builder.client(&started, &program);
    let count = |which| client.spool().unwrap().read(which).unwrap().records.len();
    let arrived = fs::read_to_string(&sent).unwrap_or_default().lines().count();
    let counts = (count(Which::Local), count(Which::Pending), arrived);
    assert_eq!(
        counts,
        match mode {
            Mode::Off => (0, 0, 0),
            Mode::Local => (1, 0, 0),
            Mode::On => (0, 0, 1),
        },
        "{case:?}"
    );
    // Where nobody has said anything, the notice is what is written.
    let said_nothing = case.variable.or(case.setting).is_none();
    let says_no = case.do_not_track.is_some() || [case.admin, case.project].contains(&Some("false"));
    let shows = said_nothing && !says_no && case.ci.is_none() && case.shown == Shown::NowOrNever;
    assert_eq!(!stderr.is_empty(), shows, "{case:?}");
    if mode == Mode::Off && !shows {
        assert_eq!(home.files(), before, "off touches nothing: {case:?}");
    }
    if shows {
        let mut again = Vec::new();
        let next = builder.record(&started, &mut again, Ending::Success, Some(0));
        assert!(again.is_empty() && next.is_ok(), "shown once, and the next run is recorded: {case:?}");
    }
}
