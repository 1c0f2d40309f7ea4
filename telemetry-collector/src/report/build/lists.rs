//! Lists: one subject, one row a key.

use telemetry_schema::{
    Arch, AuthMethod, CiVendor, CodingAgent, Container, InstallSource, Libc, OsName, Wsl,
};

use super::guard::{Row, by_command, by_program, guard};
use super::{Asker, COMMAND, INSTALLS, PROGRAM, RUNS, TIMES, UNKNOWN, command, program, versions};
use crate::report::cell::{numbers, words};
use crate::report::{Cell, Chart, ChartKind, Column, Section, share};
use crate::store::{Group, Programs, StoreError, Subject};

const fn bars(label: usize, value: usize) -> Chart {
    Chart { kind: ChartKind::Bars, label, value }
}

/// The first rows of most of them.
pub(super) fn overview(asker: &mut Asker) -> Result<Vec<Section>, StoreError> {
    let mut sections = vec![commands(asker)?, errors(asker)?, misspellings(asker)?, versions::list(asker)?];
    sections.extend(systems(asker)?);
    sections.extend([install_sources(asker)?, auth_methods(asker)?]);
    sections.extend(ci_and_agents(asker)?);
    Ok(sections)
}

pub(super) fn commands(asker: &mut Asker) -> Result<Section, StoreError> {
    let guarded = guard(asker.groups(Subject::Command, Programs::Apart)?, asker.query, by_program);
    let columns = [
        PROGRAM,
        COMMAND,
        RUNS,
        INSTALLS,
        numbers("error_rate", "Errors"),
        numbers("p50_ms", "Median"),
        numbers("p95_ms", "95th percentile"),
    ];
    Ok(guarded.section(asker.query, ("commands", "Commands"), columns, Some(bars(1, 2)), |row| {
        let tally = &row.group.tally;
        vec![
            program(&row.group),
            command(&row.group),
            Cell::Count(tally.runs),
            Cell::Count(tally.installs),
            row.error_rate(),
            Cell::ms(tally.durations.percentile_ms(50)),
            Cell::ms(tally.durations.percentile_ms(95)),
        ]
    }))
}

pub(super) fn errors(asker: &mut Asker) -> Result<Section, StoreError> {
    // The errors of a command add up to what its own row says.
    let guarded = guard(asker.groups(Subject::Error, Programs::Apart)?, asker.query, by_command);
    let columns = [PROGRAM, COMMAND, words("code", "Code"), words("message", "Message"), TIMES, INSTALLS];
    Ok(guarded.section(asker.query, ("errors", "Errors"), columns, None, |Row { group, .. }| {
        vec![
            program(group),
            command(group),
            word(group, 1),
            word(group, 2),
            Cell::Count(group.tally.runs),
            Cell::Count(group.tally.installs),
        ]
    }))
}

pub(super) fn misspellings(asker: &mut Asker) -> Result<Section, StoreError> {
    let guarded = guard(asker.groups(Subject::Misspelling, Programs::Apart)?, asker.query, by_program);
    let columns = [
        PROGRAM,
        COMMAND,
        words("place", "Place"),
        words("typed", "Typed"),
        words("meant", "Meant"),
        TIMES,
        INSTALLS,
    ];
    Ok(guarded.section(
        asker.query,
        ("misspellings", "Misspellings"),
        columns,
        None,
        |Row { group, .. }| {
            vec![
                program(group),
                command(group),
                word(group, 1),
                word(group, 2),
                word(group, 3),
                Cell::Count(group.tally.runs),
                Cell::Count(group.tally.installs),
            ]
        },
    ))
}

pub(super) fn flags(asker: &mut Asker) -> Result<Vec<Section>, StoreError> {
    let query = asker.query;
    let flags = guard(asker.groups(Subject::Flag, Programs::Apart)?, query, by_program);
    let flag = words("flag", "Flag");
    let flags = flags.section(
        query,
        ("flags", "Flags"),
        [PROGRAM, COMMAND, flag, RUNS, INSTALLS, numbers("error_rate", "Errors")],
        Some(bars(2, 3)),
        |row| {
            let group = &row.group;
            vec![
                program(group),
                command(group),
                word(group, 1),
                Cell::Count(group.tally.runs),
                Cell::Count(group.tally.installs),
                row.error_rate(),
            ]
        },
    );
    // The values of a flag add up to its runs.
    let values = asker.groups(Subject::FlagValue, Programs::Apart)?;
    let values = guard(values, query, |group| (by_command(group), group.key.get(1).cloned()));
    let columns = [PROGRAM, COMMAND, flag, words("value", "Value"), RUNS, INSTALLS];
    let values =
        values.section(query, ("flag_values", "Values of flags"), columns, None, |Row { group, .. }| {
            vec![
                program(group),
                command(group),
                word(group, 1),
                Cell::or_absent(group.word(2), "(not kept)"),
                Cell::Count(group.tally.runs),
                Cell::Count(group.tally.installs),
            ]
        });
    let deprecated = guard(asker.groups(Subject::Deprecated, Programs::Apart)?, query, by_program);
    let columns = [PROGRAM, COMMAND, words("place", "Place"), words("name", "Name"), TIMES, INSTALLS];
    let title = ("deprecated", "Deprecated names in use");
    let deprecated = deprecated.section(query, title, columns, None, |Row { group, .. }| {
        vec![
            program(group),
            command(group),
            word(group, 1),
            word(group, 2),
            Cell::Count(group.tally.runs),
            Cell::Count(group.tally.installs),
        ]
    });
    Ok(vec![flags, values, deprecated])
}

pub(super) fn systems(asker: &mut Asker) -> Result<Vec<Section>, StoreError> {
    let systems =
        simple(asker, Subject::System, ("systems", "Operating systems"), ("name", "System"), |group| {
            Cell::text(system_title(group))
        })?;
    let arch = simple(
        asker,
        Subject::Arch,
        ("architectures", "Architectures"),
        ("arch", "Architecture"),
        |group| titled(group, |key| Arch::from_key(key).map(Arch::title), UNKNOWN),
    )?;
    Ok(vec![systems, arch])
}

/// What else a program finds around it: of the runs that say so.
pub(super) fn around(asker: &mut Asker) -> Result<Vec<Section>, StoreError> {
    let libraries =
        simple(asker, Subject::Libc, ("libraries", "C libraries"), ("libc", "C library"), |group| {
            titled(group, |key| Libc::from_key(key).map(Libc::title), UNKNOWN)
        })?;
    let title = ("containers", "Containers");
    let containers = simple(asker, Subject::Container, title, ("container", "Run by"), |group| {
        titled(group, |key| Container::from_key(key).map(Container::title), UNKNOWN)
    })?;
    let title = ("wsl", "Windows Subsystem for Linux");
    let wsl = simple(asker, Subject::Wsl, title, ("wsl", "Version"), |group| {
        titled(group, |key| Wsl::from_key(key).map(Wsl::title), UNKNOWN)
    })?;
    Ok(vec![libraries, containers, wsl])
}

pub(super) fn install_sources(asker: &mut Asker) -> Result<Section, StoreError> {
    let title = ("install_sources", "Install sources");
    simple(asker, Subject::InstallSource, title, ("source", "Source"), |group| {
        titled(group, |key| InstallSource::from_key(key).map(InstallSource::title), UNKNOWN)
    })
}

pub(super) fn auth_methods(asker: &mut Asker) -> Result<Section, StoreError> {
    let title = ("auth_methods", "Authentication methods");
    simple(asker, Subject::AuthMethod, title, ("method", "Method"), |group| {
        titled(group, |key| AuthMethod::from_key(key).map(AuthMethod::title), UNKNOWN)
    })
}

pub(super) fn ci_and_agents(asker: &mut Asker) -> Result<Vec<Section>, StoreError> {
    let ci = simple(asker, Subject::CiVendor, ("ci", "CI"), ("vendor", "Vendor"), |group| {
        titled(group, |key| CiVendor::from_key(key).map(CiVendor::title), UNKNOWN)
    })?;
    let agents = simple(asker, Subject::Agent, ("agents", "Coding agents"), ("agent", "Agent"), |group| {
        titled(group, |key| CodingAgent::from_key(key).map(CodingAgent::title), UNKNOWN)
    })?;
    Ok(vec![ci, agents])
}

/// Name, runs, installs, share, errors; all programs together.
fn simple(
    asker: &mut Asker,
    subject: Subject,
    title: (&'static str, &str),
    (key, name): (&'static str, &'static str),
    cell: impl Fn(&Group) -> Cell,
) -> Result<Section, StoreError> {
    let groups = asker.groups(subject, Programs::Together)?;
    let guarded = guard(groups, asker.query, |_| ());
    // Of what is shown: the share of a sum that has what is hidden in it would tell of it.
    let shown: u64 = guarded.rows.iter().map(|row| row.group.tally.runs).sum();
    let columns: [Column; 5] = [
        words(key, name),
        RUNS,
        INSTALLS,
        numbers("share", "Share of shown"),
        numbers("error_rate", "Errors"),
    ];
    Ok(guarded.section(asker.query, title, columns, Some(bars(0, 1)), |row| {
        let tally = &row.group.tally;
        vec![
            cell(&row.group),
            Cell::Count(tally.runs),
            Cell::Count(tally.installs),
            Cell::Share(share(tally.runs, shown)),
            row.error_rate(),
        ]
    }))
}

pub(super) fn word(group: &Group, index: usize) -> Cell {
    Cell::or_absent(group.word(index), "-")
}

/// A key that this version does not know comes from a later one, and stands for itself.
fn titled(group: &Group, title: impl Fn(&str) -> Option<&'static str>, absent: &'static str) -> Cell {
    Cell::or_absent(group.word(0).map(|key| title(key).unwrap_or(key)), absent)
}

fn system_title(group: &Group) -> String {
    let key = group.word(0).unwrap_or_default();
    let name = match OsName::from_key(key) {
        Some(known) => known.title(),
        None => key,
    };
    group.word(1).map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))
}
