//! Those who run the made-up program.

use telemetry_schema::{Arch, AuthMethod, CiVendor, Container, InstallId, InstallSource, Libc, OsName, Wsl};

use super::chance::Chance;

/// A version, the day of the year it came out, and how eagerly it is taken.
const VERSIONS: [(&str, i64); 5] =
    [("1.0.0", -400), ("1.1.0", 60), ("1.2.0", 150), ("1.2.1", 165), ("1.3.0", 285)];

/// Days after which an install has another identifier.
const ROTATION: i64 = 30;

/// Somebody's machine, or a CI.
pub(super) struct Machine {
    number: u64,
    begins: i64,
    ends: i64,
    /// Runs a working day.
    rate: f64,
    /// Days until a new version is installed.
    lag: i64,
    os: (OsName, &'static str),
    pub(super) arch: Arch,
    pub(super) source: Option<InstallSource>,
    pub(super) auth: Option<AuthMethod>,
    pub(super) ci: Option<CiVendor>,
    pub(super) container: Option<Container>,
    pub(super) wsl: Option<Wsl>,
}

impl Machine {
    pub(super) fn new(number: u64) -> Self {
        let mut chance = Chance::new(number + 7_000_000);
        let os = chance.pick(&[
            ((OsName::Macos, "15.5"), 30.0),
            ((OsName::Macos, "14.7"), 10.0),
            ((OsName::Ubuntu, "24.04"), 22.0),
            ((OsName::Ubuntu, "22.04"), 9.0),
            ((OsName::Debian, "12"), 9.0),
            ((OsName::Windows, "11"), 15.0),
            ((OsName::Fedora, "42"), 4.0),
            ((OsName::Alpine, "3.21"), 1.0),
            ((OsName::Freebsd, "14.2"), 0.3),
        ]);
        let source = match os.0 {
            OsName::Macos => {
                chance.pick(&[(Some(InstallSource::Homebrew), 9.0), (Some(InstallSource::Cargo), 1.0)])
            }
            OsName::Windows => {
                chance.pick(&[(Some(InstallSource::Winget), 6.0), (Some(InstallSource::Scoop), 3.0)])
            }
            OsName::Fedora => Some(InstallSource::Rpm),
            _ => chance.pick(&[
                (Some(InstallSource::Apt), 6.0),
                (Some(InstallSource::Cargo), 2.0),
                (Some(InstallSource::Binary), 1.0),
                (None, 1.0),
            ]),
        };
        let ci = chance.pick(&[
            (None, 95.0),
            (Some(CiVendor::GithubActions), 3.0),
            (Some(CiVendor::GitlabCi), 1.2),
            (Some(CiVendor::CircleCi), 0.5),
        ]);
        let is_linux = ci.is_some() || !matches!(os.0, OsName::Macos | OsName::Windows | OsName::Freebsd);
        // Drawn from a chance of their own: what else a machine is stays as it was.
        let mut around = Chance::new(number + 9_000_000);
        let container = around.pick(&[
            (None, if ci.is_some() { 40.0 } else { 85.0 }),
            (Some(Container::Docker), 11.0),
            (Some(Container::Podman), 2.0),
            (Some(Container::Kubernetes), 3.0),
        ]);
        let wsl = around.pick(&[(None, 84.0), (Some(Wsl::Two), 15.0), (Some(Wsl::One), 1.0)]);
        // A third are there from the start; some leave again.
        let begins = if number.is_multiple_of(3) { -100 } else { whole(chance.part() * 340.0) };
        let stays = if chance.happens(0.45) { 20.0 + chance.part() * 120.0 } else { 1000.0 };
        Self {
            number,
            begins,
            ends: begins + whole(stays),
            rate: if ci.is_some() { 0.4 } else { 0.03 + 0.16 * chance.part() * chance.part() },
            lag: whole(1.0 + 90.0 * chance.part() * chance.part()),
            os,
            arch: if os.0 == OsName::Macos || chance.happens(0.1) { Arch::Aarch64 } else { Arch::X86_64 },
            source: if ci.is_some() { Some(InstallSource::Binary) } else { source },
            auth: chance.pick(&[
                (Some(AuthMethod::UserAccount), 5.0),
                (Some(AuthMethod::ApiKey), 3.0),
                (Some(AuthMethod::ServiceAccount), 1.0),
                (None, 2.0),
            ]),
            ci,
            container: container.filter(|_| is_linux),
            wsl: wsl.filter(|_| is_linux && ci.is_none()),
        }
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn os(&self) -> (OsName, &'static str) {
        if self.ci.is_some() { (OsName::Ubuntu, "24.04") } else { self.os }
    }

    pub(super) fn libc(&self) -> Option<Libc> {
        match self.os().0 {
            OsName::Macos | OsName::Windows | OsName::Freebsd => None,
            OsName::Alpine => Some(Libc::Musl),
            _ => Some(Libc::Glibc),
        }
    }

    /// How often it runs the program on this day; less on two days of seven.
    pub(super) fn runs(&self, day: i64, chance: &mut Chance) -> u32 {
        if day < self.begins || day > self.ends {
            return 0;
        }
        let rate = if day % 7 >= 5 { self.rate * 0.35 } else { self.rate };
        let mut runs = 0;
        // Who runs it once runs it again.
        while runs < 12 && chance.happens(if runs == 0 { rate } else { 0.55 }) {
            runs += 1;
        }
        runs
    }

    pub(super) fn version(&self, day: i64) -> &'static str {
        let known = VERSIONS.iter().rev().find(|(_, released)| day >= released + self.lag);
        known.map_or(VERSIONS[0].0, |(version, _)| version)
    }

    /// Made anew every thirty days, from the day it was installed.
    pub(super) fn install(&self, day: i64) -> InstallId {
        if self.ci.is_some() {
            return InstallId::CI;
        }
        let period = (day - self.begins) / ROTATION;
        let mut chance = Chance::new(self.number * 100 + period.unsigned_abs());
        let mut random = [0; 16];
        random[..8].copy_from_slice(&chance.next().to_be_bytes());
        random[8..].copy_from_slice(&chance.next().to_be_bytes());
        InstallId::new(random)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "days of a few years")]
fn whole(days: f64) -> i64 {
    days as i64
}
