//! The machine and the installation: enums and version numbers, no names.

use std::fmt;

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;
use serde::de::{self, Visitor};
use serde::{Deserialize, Serialize};

use crate::Version;

/// The operating system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Os {
    /// Its name: for Linux the distribution, where that is a known one.
    #[cfg_attr(feature = "json-schema", schemars(example = &"windows"))]
    pub name: OsName,
    /// Its version number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = &"11.5"))]
    pub version: Option<Version>,
    /// The processor architecture.
    #[cfg_attr(feature = "json-schema", schemars(example = &"x86_64"))]
    pub arch: Arch,
    /// The C library that the program was built for, where a system has a choice of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = &"glibc"))]
    pub libc: Option<Libc>,
    /// What runs the container, where the program is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = &"docker"))]
    pub container: Option<Container>,
    /// Which Windows Subsystem for Linux this is, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = &"wsl2"))]
    pub wsl: Option<Wsl>,
}

/// Defines an enum of facts with the key used on the wire, the name people read, and the whole list.
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $key:literal, $title:literal;)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "json-schema", derive(JsonSchema))]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = $title]
                #[cfg_attr(feature = "json-schema", schemars(rename = $key, description = $title))]
                $variant,
            )*
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The key on the wire.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),* }
            }

            /// The name people read.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }

            /// The value with this key.
            #[must_use]
            pub fn from_key(key: &str) -> Option<Self> {
                match key { $($key => Some(Self::$variant),)* _ => None }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.key())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let keys = &[$($key),*];
                deserializer.deserialize_str($crate::surroundings::Keyed { read: Self::from_key, keys })
            }
        }
    )*};
}
pub(crate) use facts;

/// Reads a fact by its key. What serde derives has an arm of code for each key, in each program that has events.
pub(crate) struct Keyed<T: 'static> {
    pub(crate) read: fn(&str) -> Option<T>,
    pub(crate) keys: &'static [&'static str],
}

impl<T> Visitor<'_> for Keyed<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one of a list of words")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<T, E> {
        (self.read)(key).ok_or_else(|| E::unknown_variant(key, self.keys))
    }
}

facts! {
    /// An operating system. For Linux distributions the key is the `ID` of os-release(5), with `-` as `_`.
    OsName {
        Windows = "windows", "Windows";
        Macos = "macos", "macOS";
        Almalinux = "almalinux", "AlmaLinux";
        Alpine = "alpine", "Alpine Linux";
        Amazon = "amzn", "Amazon Linux";
        Arch = "arch", "Arch Linux";
        Centos = "centos", "CentOS";
        Debian = "debian", "Debian";
        Endeavouros = "endeavouros", "EndeavourOS";
        Fedora = "fedora", "Fedora Linux";
        Gentoo = "gentoo", "Gentoo";
        Linuxmint = "linuxmint", "Linux Mint";
        Manjaro = "manjaro", "Manjaro Linux";
        Nixos = "nixos", "NixOS";
        OpensuseLeap = "opensuse_leap", "openSUSE Leap";
        OpensuseTumbleweed = "opensuse_tumbleweed", "openSUSE Tumbleweed";
        Oracle = "ol", "Oracle Linux";
        Pop = "pop", "Pop!_OS";
        Raspbian = "raspbian", "Raspberry Pi OS";
        Rhel = "rhel", "Red Hat Enterprise Linux";
        Rocky = "rocky", "Rocky Linux";
        Sles = "sles", "SUSE Linux Enterprise Server";
        Ubuntu = "ubuntu", "Ubuntu";
        Void = "void", "Void Linux";
        Wolfi = "wolfi", "Wolfi";
        Zorin = "zorin", "Zorin OS";
        Linux = "linux", "Linux";
        Freebsd = "freebsd", "FreeBSD";
        Netbsd = "netbsd", "NetBSD";
        Openbsd = "openbsd", "OpenBSD";
        Android = "android", "Android";
        Other = "other", "another system";
    }

    /// A processor architecture, by the names Rust and OpenTelemetry's `host.arch` share where they do.
    Arch {
        X86 = "x86", "32-bit x86";
        X86_64 = "x86_64", "64-bit x86";
        Arm = "arm", "32-bit ARM";
        Aarch64 = "aarch64", "64-bit ARM";
        Riscv64 = "riscv64", "64-bit RISC-V";
        Powerpc64 = "powerpc64", "64-bit POWER";
        S390x = "s390x", "IBM Z";
        Loongarch64 = "loongarch64", "LoongArch";
        Other = "other", "another architecture";
    }

    /// A C library, of those that programs for one system are built for.
    Libc {
        Glibc = "glibc", "the GNU C Library";
        Musl = "musl", "musl";
        Uclibc = "uclibc", "uClibc-ng";
        Bionic = "bionic", "Android's Bionic";
        Other = "other", "another C library";
    }

    /// What runs a container: its engine, or what engines are driven by.
    Container {
        Docker = "docker", "Docker";
        Podman = "podman", "Podman";
        Kubernetes = "kubernetes", "Kubernetes";
        Containerd = "containerd", "containerd";
        Apptainer = "apptainer", "Apptainer or Singularity";
        Lxc = "lxc", "LXC";
        SystemdNspawn = "systemd_nspawn", "systemd-nspawn";
        Other = "other", "another container";
    }

    /// A Windows Subsystem for Linux: the first translates system calls, the second is a virtual machine.
    Wsl {
        One = "wsl1", "WSL 1";
        Two = "wsl2", "WSL 2";
    }

    /// How a program came onto the machine.
    InstallSource {
        Homebrew = "homebrew", "Homebrew";
        Apt = "apt", "apt or dpkg";
        Rpm = "rpm", "an RPM package";
        Apk = "apk", "Alpine's apk";
        Pacman = "pacman", "pacman";
        Nix = "nix", "Nix";
        Snap = "snap", "Snap";
        Flatpak = "flatpak", "Flatpak";
        Scoop = "scoop", "Scoop";
        Chocolatey = "chocolatey", "Chocolatey";
        Winget = "winget", "winget";
        Cargo = "cargo", "cargo install";
        Npm = "npm", "npm";
        Pip = "pip", "pip";
        Go = "go", "go install";
        Docker = "docker", "a container image";
        System = "system", "the system's own files";
        Binary = "binary", "a plain binary";
    }

    /// How the user is authenticated with the program's service. There is no place for a key or credential.
    AuthMethod {
        None = "none", "not authenticated";
        ApiKey = "api_key", "API key";
        ServiceAccount = "service_account", "service account";
        UserAccount = "user_account", "user account";
        Oauth = "oauth", "OAuth";
        Token = "token", "access token";
        Password = "password", "user name and password";
        Certificate = "certificate", "client certificate";
        CloudIdentity = "cloud_identity", "identity of a cloud machine";
        Other = "other", "another method";
    }
}
