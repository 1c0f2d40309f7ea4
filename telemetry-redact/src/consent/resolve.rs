//! The decision itself.

use super::{Consent, Endpoint, Mode, Notice, Reading, Say, SourceKind, SourceReport, Sources};

/// Decides what telemetry may do. Pure; see the [module](super) for the rules.
#[must_use]
pub fn resolve(sources: &Sources) -> Consent {
    let Sources {
        run_flag,
        program_variable,
        variable,
        setting,
        host_default,
        admin_file,
        project_file,
        do_not_track,
        endpoint,
        notice,
    } = sources;

    let unseen = *notice == Notice::Unseen;
    let unreachable = *endpoint == Endpoint::Missing;
    // Strongest first: the source that decides is the first of those that ask for the least.
    let mut reports = [
        (SourceKind::DoNotTrack, do_not_track_say(do_not_track)),
        (SourceKind::AdminFile, say(admin_file)),
        (SourceKind::ProjectFile, say(project_file)),
        (SourceKind::RunFlag, say(run_flag)),
        (SourceKind::ProgramVariable, say(unless_empty(program_variable))),
        (SourceKind::Variable, say(unless_empty(variable))),
        (SourceKind::Setting, say(setting)),
        (SourceKind::HostDefault, Say::Mode(*host_default)),
        (SourceKind::Notice, if unseen { Say::Mode(Mode::Off) } else { Say::Silent }),
        (SourceKind::Endpoint, if unreachable { Say::Mode(Mode::Local) } else { Say::Silent }),
    ]
    .map(|(source, say)| SourceReport { source, say });

    let voice = user_voice(&reports);
    // Whoever spoke knows of telemetry; the notice is for those who did not.
    if voice != SourceKind::HostDefault {
        silence(&mut reports, SourceKind::Notice);
    }

    let binding = |report: &&SourceReport| match report.source {
        SourceKind::RunFlag | SourceKind::Setting | SourceKind::HostDefault => {
            report.source == voice || is_doubt(report.say)
        }
        SourceKind::ProgramVariable | SourceKind::Variable => {
            matches!(voice, SourceKind::ProgramVariable | SourceKind::Variable) || is_doubt(report.say)
        }
        SourceKind::DoNotTrack
        | SourceKind::AdminFile
        | SourceKind::ProjectFile
        | SourceKind::Notice
        | SourceKind::Endpoint => true,
    };
    let limits =
        reports.iter().filter(binding).filter_map(|report| Some((limit(report.say)?, report.source)));
    let mode = limits.clone().map(|(mode, _)| mode).min().unwrap_or(Mode::Off);
    // A source that says no more than the user's own voice did not decide: the voice did.
    let deciding: Vec<SourceKind> =
        limits.filter(|(limit, _)| *limit == mode).map(|(_, source)| source).collect();
    let tightens = |source: &SourceKind| *source != voice && mode == Mode::On;
    let decided_by = deciding.iter().copied().find(|source| !tightens(source)).unwrap_or(voice);
    Consent { mode, decided_by, reports }
}

fn silence(reports: &mut [SourceReport], source: SourceKind) {
    reports.iter_mut().filter(|report| report.source == source).for_each(|report| report.say = Say::Silent);
}

/// The source that speaks for the user: the first that is not silent, in the order of the module's rules.
fn user_voice(reports: &[SourceReport]) -> SourceKind {
    let voices =
        [SourceKind::RunFlag, SourceKind::ProgramVariable, SourceKind::Variable, SourceKind::Setting];
    let speaks =
        |kind: &SourceKind| reports.iter().any(|report| report.source == *kind && report.say != Say::Silent);
    voices.into_iter().find(speaks).unwrap_or(SourceKind::HostDefault)
}

fn is_doubt(say: Say) -> bool {
    matches!(say, Say::Unparsable | Say::Unreadable)
}

/// The most that may happen after this was said.
fn limit(say: Say) -> Option<Mode> {
    match say {
        Say::Silent => None,
        Say::Mode(mode) => Some(mode),
        Say::Unparsable | Say::Unreadable => Some(Mode::Off),
    }
}

fn say(reading: &Reading) -> Say {
    match reading {
        Reading::Absent => Say::Silent,
        Reading::Text(text) => Mode::parse(text).map_or(Say::Unparsable, Say::Mode),
        Reading::Unreadable => Say::Unreadable,
    }
}

/// An environment variable that is set to nothing is not set, as POSIX utilities treat it.
fn unless_empty(reading: &Reading) -> &Reading {
    match reading {
        Reading::Text(text) if text.trim().is_empty() => &Reading::Absent,
        other => other,
    }
}

/// `DO_NOT_TRACK` has no wrong value: anything but empty, `0`, `false`, `no`, `off` is a no to tracking
/// (consoledonottrack.com).
fn do_not_track_say(reading: &Reading) -> Say {
    match unless_empty(reading) {
        Reading::Absent => Say::Silent,
        Reading::Unreadable => Say::Unreadable,
        Reading::Text(text) if Mode::parse(text) == Some(Mode::Off) => Say::Silent,
        Reading::Text(_) => Say::Mode(Mode::Off),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings() -> Vec<Reading> {
        let texts = ["true", "local", "false", "nonsense"].map(Reading::text);
        [Reading::Absent, Reading::Unreadable].into_iter().chain(texts).collect()
    }

    /// What the rules say, written a second time and differently: by what must not happen.
    fn expected(s: &Sources) -> Mode {
        let off = |r: &Reading| matches!(r, Reading::Unreadable) || *r == Reading::text("nonsense");
        let all = [&s.run_flag, &s.program_variable, &s.variable, &s.setting, &s.admin_file, &s.project_file];
        let dnt = !matches!(&s.do_not_track, Reading::Absent) && s.do_not_track != Reading::text("false");
        if dnt || all.into_iter().any(off) {
            return Mode::Off;
        }
        let word = |r: &Reading| match r {
            Reading::Text(t) => Mode::parse(t),
            _ => None,
        };
        let variables = [word(&s.program_variable), word(&s.variable)].into_iter().flatten().min();
        let spoken = word(&s.run_flag).or(variables).or(word(&s.setting));
        let voice = match (spoken, s.notice) {
            (Some(mode), _) => mode,
            (None, Notice::Unseen) => Mode::Off,
            (None, Notice::Seen) => s.host_default,
        };
        let reach = if s.endpoint == Endpoint::Missing { Mode::Local } else { Mode::On };
        [word(&s.admin_file), word(&s.project_file)].into_iter().flatten().fold(voice.min(reach), Mode::min)
    }

    /// The whole truth table: every source in every state, 3,359,232 rows in all.
    #[test]
    fn the_whole_truth_table() {
        let mut rows = 0_u32;
        let mut s = Sources::new(Mode::On);
        for flag in readings() {
            s.run_flag = flag;
            for program_variable in readings() {
                s.program_variable = program_variable;
                for variable in readings() {
                    s.variable = variable;
                    for setting in readings() {
                        s.setting = setting;
                        rows += surroundings(&mut s);
                    }
                }
            }
        }
        assert_eq!(rows, 6 * 6 * 6 * 6 * 6 * 6 * 6 * 3 * 2 * 2);
    }

    fn surroundings(s: &mut Sources) -> u32 {
        let mut rows = 0;
        for admin in readings() {
            s.admin_file = admin;
            for project in readings() {
                s.project_file = project;
                for dnt in readings() {
                    s.do_not_track = dnt;
                    for default in [Mode::Off, Mode::Local, Mode::On] {
                        s.host_default = default;
                        for endpoint in [Endpoint::Configured, Endpoint::Missing] {
                            s.endpoint = endpoint;
                            for notice in [Notice::Seen, Notice::Unseen] {
                                s.notice = notice;
                                check(s);
                                rows += 1;
                            }
                        }
                    }
                }
            }
        }
        rows
    }

    fn check(s: &Sources) {
        let consent = resolve(s);
        assert_eq!(consent.mode(), expected(s), "{s:?}");
        assert_eq!(consent.recording().is_some(), consent.mode() != Mode::Off);
        assert_eq!(consent.sending().is_some(), consent.mode() == Mode::On);
        // The source that is named is one that asked for just this.
        let report = consent.reports().iter().find(|report| report.source == consent.decided_by()).unwrap();
        assert_eq!(limit(report.say), Some(consent.mode()), "{s:?} {consent:?}");
    }

    #[test]
    fn the_voice_is_named_where_nothing_tightens() {
        let mut s = Sources::new(Mode::On);
        s.endpoint = Endpoint::Configured;
        assert_eq!(resolve(&s).decided_by(), SourceKind::HostDefault);
        s.admin_file = Reading::text("true");
        assert_eq!(resolve(&s).decided_by(), SourceKind::HostDefault, "a yes of the admin decides nothing");
        s.setting = Reading::text("false");
        assert_eq!(resolve(&s).decided_by(), SourceKind::Setting);
        s.variable = Reading::text("true");
        assert_eq!((resolve(&s).mode(), resolve(&s).decided_by()), (Mode::On, SourceKind::Variable));
        s.program_variable = Reading::text("false");
        assert_eq!((resolve(&s).mode(), resolve(&s).decided_by()), (Mode::Off, SourceKind::ProgramVariable));
        s.do_not_track = Reading::text("1");
        assert_eq!(resolve(&s).decided_by(), SourceKind::DoNotTrack);
    }

    #[test]
    fn do_not_track_is_a_no_unless_it_says_otherwise() {
        for (text, mode) in [
            ("1", Mode::Off),
            ("true", Mode::Off),
            ("please", Mode::Off),
            ("", Mode::On),
            ("0", Mode::On),
            ("FALSE", Mode::On),
            ("no", Mode::On),
            ("off", Mode::On),
        ] {
            let mut s = Sources::new(Mode::On);
            s.endpoint = Endpoint::Configured;
            s.do_not_track = Reading::text(text);
            assert_eq!(resolve(&s).mode(), mode, "{text:?}");
        }
    }

    #[test]
    fn an_empty_variable_is_not_set_but_an_empty_setting_is_a_doubt() {
        let mut s = Sources::new(Mode::Local);
        s.variable = Reading::text("");
        assert_eq!(resolve(&s).mode(), Mode::Local);
        s.setting = Reading::text("");
        assert_eq!(resolve(&s).mode(), Mode::Off);
    }
}
