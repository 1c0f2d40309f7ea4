//! What this process knows to be the user's. It is taken out of error text wherever it stands, and goes nowhere else.

use std::ffi::OsStr;
use std::path::Path;

use telemetry_redact::Raw;

use crate::surroundings::Environment;

/// Variables that hold who and where the user is.
const PERSONAL: [&str; 9] =
    ["HOME", "USERPROFILE", "USER", "LOGNAME", "USERNAME", "HOSTNAME", "COMPUTERNAME", "USERDOMAIN", "PWD"];

/// Parts of a variable's name that say that its value is a secret, or names somebody or something of theirs.
const TELLING: [&str; 22] = [
    "ACCOUNT",
    "ADDRESS",
    "API",
    "AUTH",
    "BUCKET",
    "CLIENT",
    "CLUSTER",
    "CREDENTIAL",
    "DATABASE",
    "EMAIL",
    "HOST",
    "KEY",
    "LOGIN",
    "ORG",
    "PASS",
    "PROFILE",
    "PROJECT",
    "PWD",
    "SECRET",
    "TENANT",
    "TOKEN",
    "USER",
];

/// Of a variable whose name tells nothing, values this short are switches and numbers.
const MIN_LENGTH: usize = 6;

/// Names of directories that are nobody's own, in lower case.
const USUAL_DIRECTORIES: [&str; 24] = [
    "app",
    "bin",
    "build",
    "code",
    "config",
    "data",
    "desktop",
    "docs",
    "documents",
    "downloads",
    "home",
    "lib",
    "local",
    "main",
    "project",
    "projects",
    "repo",
    "root",
    "src",
    "test",
    "tests",
    "tmp",
    "users",
    "work",
];

/// The user's name, full name, home, machine, directory, and what stands in variables: as they are, for
/// `telemetry_redact` looks for their escaped forms too.
pub(crate) fn values(environment: &Environment) -> Vec<Raw> {
    let mut known = Vec::new();
    for name in PERSONAL {
        if let Some(value) = environment.var(name) {
            directories(Path::new(&value), &mut known);
            take(&value, &mut known);
        }
    }
    for (name, value) in environment.variables() {
        let name = name.to_string_lossy().to_ascii_uppercase();
        let is_telling = TELLING.iter().any(|part| name.contains(part));
        if is_telling || is_distinct(&value) {
            take(&value, &mut known);
        }
    }
    for name in ["/proc/sys/kernel/hostname", "/etc/hostname"] {
        let host = environment.read(name);
        known.extend(host.map(|host| host.trim().to_owned()).filter(|host| !host.is_empty()).map(Raw::from));
    }
    if let Some(directory) = environment.working_directory() {
        directories(&directory, &mut known);
        take(directory.as_os_str(), &mut known);
    }
    if let Some(uid) = environment.user_id() {
        known.extend(account(&environment.read("/etc/passwd").unwrap_or_default(), uid).map(Raw::from));
    }
    known
}

fn take(value: &OsStr, known: &mut Vec<Raw>) {
    if value.len() > 1 {
        known.push(Raw::from(value.as_encoded_bytes()));
    }
}

/// The last directory of a path is often named by its owner, or after them.
fn directories(path: &Path, known: &mut Vec<Raw>) {
    let name = path.is_absolute().then(|| path.file_name()).flatten().unwrap_or_default();
    let is_usual = USUAL_DIRECTORIES.contains(&name.to_string_lossy().to_ascii_lowercase().as_str());
    if !is_usual {
        take(name, known);
    }
}

/// Whether a value is more than a word or a number that programs are set up with.
fn is_distinct(value: &OsStr) -> bool {
    let bytes = value.as_encoded_bytes();
    bytes.len() >= MIN_LENGTH
        && bytes.iter().any(|b| !b.is_ascii_alphabetic())
        && !bytes.iter().all(u8::is_ascii_digit)
}

/// Login name, full name and home of a user, from the account file (passwd(5)).
fn account(passwd: &str, uid: u32) -> impl Iterator<Item = String> {
    let line = passwd.lines().find(|line| line.split(':').nth(2).and_then(|id| id.parse().ok()) == Some(uid));
    let fields: Vec<&str> = line.unwrap_or_default().split(':').collect();
    let [name, _, _, _, full, home, ..] = fields[..] else { return Vec::new().into_iter() };
    // The full name is the first of several fields: office, telephone.
    let full = full.split(',').map(str::trim);
    let found = full.chain([name, home]).filter(|part| part.len() > 1 && *part != "root" && *part != "/");
    found.map(str::to_owned).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_users_is_known_and_switches_are_not() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("etc")).unwrap();
        std::fs::write(root.path().join("etc/hostname"), "adas-laptop\n").unwrap();
        let variables = [
            ("HOME", "/home/ada"),
            ("USER", "ada"),
            ("ORCHARD_API_KEY", "made"),
            ("MY_SETTING", "blue-garden-7"),
            ("RUST_LOG", "error"),
            ("COLUMNS", "1234567"),
            ("CI", "true"),
        ];
        let known = values(&Environment::fake(variables, root.path()));
        for (value, expected) in [
            ("/home/ada", true),
            ("ada", true),
            ("made", true),
            ("blue-garden-7", true),
            ("adas-laptop", true),
            ("error", false),
            ("1234567", false),
            ("true", false),
        ] {
            assert_eq!(known.contains(&Raw::from(value)), expected, "{value}");
        }
    }

    #[test]
    fn an_account_has_several_names() {
        let passwd =
            "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000:Ada Example,Room 7,,:/home/ada:/bin/sh\nodd\n";
        let found: Vec<String> = account(passwd, 1000).collect();
        assert_eq!(found, ["Ada Example", "Room 7", "ada", "/home/ada"]);
        assert_eq!(account(passwd, 0).collect::<Vec<_>>(), ["/root"]);
        assert_eq!(account(passwd, 7).count(), 0);
    }
}
