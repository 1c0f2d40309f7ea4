//! On, off and local, who decides, and what is deleted.

use std::fs;
use std::path::{Path, PathBuf};

use telemetry_client::control::{Control, ControlError, Copies, Show, Width};
use telemetry_redact::consent::{Mode, SourceKind};

use crate::Home;

#[test]
fn off_deletes_also_where_its_setting_cannot_be_written() {
    let home = Home::new();
    home.record(&["plant"], None);
    let left =
        || home.client(&[]).spool().unwrap().read(telemetry_transport::Which::Local).unwrap().records.len();
    assert_eq!(left(), 1);
    let mut control = home.control(&[]);
    fs::create_dir(home.path("config.toml")).unwrap();
    assert!(matches!(control.off(), Err(ControlError::OffNotWritten { .. })));
    assert_eq!(left(), 0);
}

/// As in a home that is mounted read-only.
#[cfg(target_os = "linux")]
#[test]
fn off_that_cannot_be_written_names_what_works_meanwhile() {
    let home = Home::new();
    let elsewhere = ("TELEMETRY_CONFIG", "/proc/telemetry/config.toml");
    let said = |variables: &[(&str, &str)]| {
        let variables: Vec<_> = [elsewhere].iter().chain(variables).copied().collect();
        let ControlError::OffNotWritten { said, source } = home.control(&variables).off().unwrap_err() else {
            panic!("another error")
        };
        assert!(source.to_string().starts_with("cannot write /proc/telemetry/config.toml"), "{source}");
        said
    };
    home.record(&["plant"], None);
    assert_eq!(
        said(&[]),
        "the setting could not be written: telemetry is not off; 1 events that were not sent are deleted; \
         ORCHARD_TELEMETRY_ENABLED=false or DO_NOT_TRACK=1 turns it off"
    );
    assert!(said(&[("TELEMETRY_ENABLED", "true")]).contains("; TELEMETRY_ENABLED=false or DO_NOT_TRACK=1"));
    for (name, value) in [("ORCHARD_TELEMETRY_ENABLED", "false"), ("DO_NOT_TRACK", "1")] {
        let said = said(&[(name, value)]);
        assert!(said.contains(&format!("telemetry is off, decided by: variable {name}; ")), "{said}");
        assert!(said.ends_with(" keeps it off"), "{said}");
    }
}

/// Every path below, with what is in it and whose it is.
#[cfg(unix)]
fn snapshot(directory: &Path) -> Vec<(PathBuf, Option<Vec<u8>>, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = paths
        .flat_map(|path| {
            let below = if path.is_dir() { snapshot(&path) } else { Vec::new() };
            let owner = fs::metadata(&path).unwrap().uid();
            below.into_iter().chain([(path.clone(), fs::read(&path).ok(), owner)])
        })
        .collect();
    found.sort();
    found
}

/// Gives everything to a user; false for those who cannot, who are not root.
#[cfg(unix)]
fn given_to_another(path: &Path) -> bool {
    let below = if path.is_dir() { fs::read_dir(path).unwrap().collect() } else { Vec::new() };
    below.into_iter().all(|entry| given_to_another(&entry.unwrap().path()))
        && std::os::unix::fs::chown(path, Some(12345), None).is_ok()
}

/// As with `sudo` and the user's `HOME`: a purge was refused only after the install id was gone, and a switch left settings
/// that the user could not change.
#[cfg(unix)]
#[test]
fn root_touches_nothing_of_another_user() {
    let home = Home::new();
    home.record(&["plant"], None);
    let noted = r#"[{"destination":"https://telemetry.example.com","install_id":"8f14e45f-ceea-467f-a8f1-1d2c5e8b3a70"}]"#;
    fs::write(home.path("state/installs.json"), noted).unwrap();
    if !given_to_another(home.0.path()) {
        return;
    }
    let before = snapshot(home.0.path());
    let dir = home.path("state").display().to_string();
    let mut control = home.control(&[]);
    let purge = control.purge(Copies::Delete).unwrap_err();
    assert_eq!(purge.to_string(), "nothing was deleted");
    assert_eq!(
        std::error::Error::source(&purge).unwrap().to_string(),
        format!("{dir}: belongs to another user; run this as that user, such as with sudo -u USER")
    );
    let refused = format!(
        "{} is in another user's directory, and nothing was changed; run this as that user, such as with sudo -u USER",
        home.path("config.toml").display()
    );
    assert_eq!(control.on().unwrap_err().to_string(), refused);
    assert_eq!(control.local().unwrap_err().to_string(), refused);
    assert!(control.client().purge().is_err());
    let settings = control.client().settings().unwrap();
    assert_eq!(settings.set(telemetry_client::Key::Endpoint, "export:").unwrap_err().to_string(), refused);
    let ControlError::OffNotWritten { said, source } = control.off().unwrap_err() else {
        panic!("another error")
    };
    assert_eq!(source.to_string(), refused);
    assert!(
        said.contains("telemetry is not off; ORCHARD_TELEMETRY_ENABLED=false or DO_NOT_TRACK=1"),
        "{said}"
    );
    assert_eq!(snapshot(home.0.path()), before);
    // Nothing was changed also where the records are root's own.
    let home = Home::new();
    home.record(&["plant"], None);
    std::os::unix::fs::chown(home.0.path(), Some(12345), None).unwrap();
    let before = snapshot(home.0.path());
    assert!(home.control(&[]).off().is_err());
    assert_eq!(snapshot(home.0.path()), before);
}

/// It said that telemetry was off, with a variable that went on saying on.
#[cfg(unix)]
#[test]
fn what_cannot_be_deleted_does_not_make_telemetry_off() {
    let home = Home::new();
    home.record(&["plant"], None);
    if !given_to_another(&home.path("state")) {
        return;
    }
    let before = snapshot(&home.path("state"));
    let off = |variables: &[(&str, &str)]| home.control(variables).off().unwrap_err().to_string();
    assert_eq!(off(&[]), "telemetry is off, but what was recorded could not be deleted");
    assert_eq!(
        off(&[("TELEMETRY_ENABLED", "true"), ("TELEMETRY_ENDPOINT", "export:")]),
        "the setting is off; telemetry is on, decided by: variable TELEMETRY_ENABLED, \
         but what was recorded could not be deleted"
    );
    assert_eq!(snapshot(&home.path("state")), before);
}

#[test]
fn a_setting_that_is_none_is_mended_by_what_status_advises() {
    type Switch = fn(&mut Control) -> Result<telemetry_client::control::Switched, ControlError>;
    for (value, switch) in
        [("true", Control::on as Switch), ("\"local\"", Control::local), ("false", Control::off)]
    {
        let home = Home::new();
        fs::write(home.path("config.toml"), "# mine\ntelemetry_enabled = \"fales\" # x\n").unwrap();
        let mut control = home.control(&[]);
        let advice = control.status().decision.would_change_it;
        assert_eq!(advice, ["orchard telemetry on turns it on"]);
        let switched = switch(&mut control).unwrap();
        assert!(switched.mode == Mode::Local || switched.mode == switched.setting, "{switched:?}");
        let text = fs::read_to_string(home.path("config.toml")).unwrap();
        assert_eq!(text, format!("# mine\ntelemetry_enabled = {value} # x\n"));
    }
}

#[test]
fn a_file_that_no_switch_mends_is_to_be_corrected_or_removed() {
    let home = Home::new();
    fs::write(home.path("config.toml"), "telemetry_enabled = off\n").unwrap();
    let mut control = home.control(&[]);
    let advice = control.status().decision.would_change_it;
    let place = format!("{}: line 1: not TOML", home.path("config.toml").display());
    assert_eq!(advice.len(), 1, "{advice:?}");
    assert!(
        advice[0].starts_with(&format!("correct or remove the file that cannot be read, {place}")),
        "{advice:?}"
    );
    for error in [control.on().unwrap_err().to_string(), control.local().unwrap_err().to_string()] {
        assert!(error.starts_with(&place) && error.ends_with("; correct or remove that file"), "{error}");
    }
    let ControlError::OffNotWritten { said, source } = control.off().unwrap_err() else {
        panic!("another error")
    };
    assert!(said.contains("telemetry is off, decided by: setting telemetry_enabled in "), "{said}");
    assert!(said.ends_with("; ORCHARD_TELEMETRY_ENABLED=false or DO_NOT_TRACK=1 keeps it off"), "{said}");
    assert!(source.to_string().ends_with("; correct or remove that file"), "{source}");
    // A name that is none hinders no no, and leaves a yes without effect.
    fs::write(home.path("config.toml"), "telemetry_enable = true\n").unwrap();
    let mut control = home.control(&[]);
    for error in [control.on().unwrap_err().to_string(), control.local().unwrap_err().to_string()] {
        assert!(error.contains("line 1: there is no setting `telemetry_enable`"), "{error}");
    }
    assert_eq!(control.off().unwrap().mode, Mode::Off);
    let text = fs::read_to_string(home.path("config.toml")).unwrap();
    assert_eq!(text, "telemetry_enable = true\ntelemetry_enabled = false\n");
}

/// `status` said that `off` would turn it off, also where a variable's yes is stronger.
#[test]
fn what_status_advises_turns_it_off() {
    const OWN: (&str, &str) = ("ORCHARD_TELEMETRY_ENABLED", "true");
    const ANY: (&str, &str) = ("TELEMETRY_ENABLED", "true");
    for (variables, advised) in [
        (&[][..], "orchard telemetry off turns it off"),
        (&[ANY], "TELEMETRY_ENABLED=false turns it off"),
        (&[OWN], "ORCHARD_TELEMETRY_ENABLED=false turns it off"),
        (&[OWN, ANY], "ORCHARD_TELEMETRY_ENABLED=false turns it off"),
        (&[("TELEMETRY_ENABLED", "local")], "TELEMETRY_ENABLED=false turns it off"),
    ] {
        for endpoint in [None, Some(("TELEMETRY_ENDPOINT", "https://telemetry.example.com"))] {
            let home = Home::new();
            let all: Vec<_> = variables.iter().copied().chain(endpoint).collect();
            let advice = home.control(&all).status().decision.would_change_it;
            assert_eq!(advice.last().map(String::as_str), Some(advised), "{all:?}");
            assert_eq!(advice.iter().filter(|advice| advice.ends_with("turns it off")).count(), 1);
            let after = if let Some((name, _)) = advised.split_once('=') {
                let switched = home.control(&all).off().unwrap();
                let text = switched.text(Width::columns(200));
                assert!(text.starts_with("the setting is off"), "{text}");
                assert!(text.contains("decided by: ") && switched.mode != Mode::Off, "{text}");
                let others = all.iter().copied().filter(|(other, _)| *other != name);
                home.control(&others.chain([(name, "false")]).collect::<Vec<_>>()).status().decision
            } else {
                home.control(&all).off().unwrap();
                home.control(&all).status().decision
            };
            assert_eq!(after.mode, Mode::Off, "{all:?} {after:?}");
        }
    }
}

#[test]
fn the_setting_is_written_and_off_deletes() {
    let home = Home::new();
    let mut control = home.control(&[]);
    assert_eq!(control.enabled().unwrap(), None);
    assert_eq!(control.local().unwrap().mode, Mode::Local);
    home.record(&["plant", "--fruit", "pear"], None);
    for no in ["false", "FALSE", "off", "0"] {
        let switched = control.set_enabled(no).unwrap();
        assert_eq!((switched.setting, switched.mode), (Mode::Off, Mode::Off));
    }
    assert_eq!(control.enabled().unwrap(), Some(Mode::Off));
    assert!(control.show(Show::Recorded).unwrap().events.is_empty());
    assert_eq!(fs::read_to_string(home.path("config.toml")).unwrap(), "telemetry_enabled = false\n");
}

#[test]
fn a_value_that_is_none_changes_nothing() {
    let home = Home::new();
    let mut control = home.control(&[]);
    control.on().unwrap();
    home.record(&["plant"], None);
    let error = control.set_enabled("maybe").unwrap_err().to_string();
    assert_eq!(error, "telemetry_enabled: `maybe` is not one of true, false, local");
    assert_eq!(control.enabled().unwrap(), Some(Mode::On));
    assert_eq!(control.show(Show::Recorded).unwrap().events.len(), 1);
}

#[test]
fn who_decides_is_named_and_what_would_change_it() {
    let home = Home::new();
    for (variables, file, decided_by, remedy) in [
        (&[][..], None, SourceKind::Endpoint, "lets events be sent"),
        (&[("DO_NOT_TRACK", "1")], None, SourceKind::DoNotTrack, "unset the variable DO_NOT_TRACK"),
        (
            &[("ORCHARD_TELEMETRY_ENABLED", "false")],
            None,
            SourceKind::ProgramVariable,
            "unset the variable ORCHARD_TELEMETRY_ENABLED",
        ),
        (&[], Some("config.toml"), SourceKind::Setting, "orchard telemetry on turns it on"),
        (&[], Some(".telemetry.toml"), SourceKind::ProjectFile, "change the project file"),
        (&[], Some("etc/telemetry/config.toml"), SourceKind::AdminFile, "an administrator"),
    ] {
        // Where the machine-wide file is differs between platforms.
        if decided_by == SourceKind::AdminFile && cfg!(not(target_os = "linux")) {
            continue;
        }
        if let Some(file) = file {
            fs::create_dir_all(home.path(file).parent().unwrap()).unwrap();
            fs::write(home.path(file), "telemetry_enabled = false\n").unwrap();
        }
        let status = home.control(variables).status();
        assert_eq!(status.decision.decided_by, decided_by);
        let said = &status.decision.would_change_it;
        assert!(said.iter().any(|sentence| sentence.contains(remedy)), "{said:?}");
        assert_eq!(status.text(Width::columns(200)).matches(", which decided").count(), 1);
        if let Some(file) = file {
            fs::remove_file(home.path(file)).unwrap();
        }
    }
}

#[test]
fn a_switch_does_not_claim_what_others_forbid() {
    let home = Home::new();
    fs::write(home.path(".telemetry.toml"), "telemetry_enabled = false\n").unwrap();
    let switched = home.control(&[]).on().unwrap();
    assert_eq!((switched.setting, switched.mode), (Mode::On, Mode::Off));
    let text = switched.text(Width::columns(200));
    assert!(text.starts_with("the setting is on\ntelemetry is off, decided by: project file "), "{text}");
}
