//! Whether this process runs in a container, and whose.

use telemetry_schema::Container;

use super::Environment;

/// What Docker puts into each container (moby, `daemon/initlayer`).
const OF_DOCKER: &str = "/.dockerenv";

/// What Podman puts into each container (podman-run(1)).
const OF_PODMAN: &str = "/run/.containerenv";

/// What Apptainer and Singularity have in each image, and set (Apptainer's user guide, "Environment and Metadata").
const OF_APPTAINER: &str = "/.singularity.d";
const VARIABLES_OF_APPTAINER: [&str; 2] = ["APPTAINER_CONTAINER", "SINGULARITY_CONTAINER"];

/// What the kubelet sets in each container of a pod (Kubernetes, "Service: Environment variables"), and where it mounts the
/// pod's own account unless it is told not to ("Configure Service Accounts for Pods").
const VARIABLE_OF_KUBERNETES: &str = "KUBERNETES_SERVICE_HOST";
const OF_KUBERNETES: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The variable in which a container's manager says its name (systemd, "The Container Interface").
const MANAGER: &str = "container";

/// Where the same name stands for processes that did not inherit the variable: as the manager wrote it, and as systemd
/// keeps it that runs in the container.
const MANAGER_FILES: [&str; 2] = ["/run/host/container-manager", "/run/systemd/container"];

/// Names of managers: those of systemd-detect-virt(1), and those that Apptainer, containerd and Incus are known by. What
/// `oci` says is that there is a container, and not whose.
const NAMES: [(&str, Container); 14] = [
    ("docker", Container::Docker),
    ("podman", Container::Podman),
    ("containerd", Container::Containerd),
    ("apptainer", Container::Apptainer),
    ("singularity", Container::Apptainer),
    ("lxc", Container::Lxc),
    ("lxc-libvirt", Container::Lxc),
    ("incus", Container::Lxc),
    ("systemd-nspawn", Container::SystemdNspawn),
    ("oci", Container::Other),
    ("openvz", Container::Other),
    ("pouch", Container::Other),
    ("proot", Container::Other),
    ("rkt", Container::Other),
];

/// What toolbox(1) and distrobox put into a container that a person works in as on the machine itself: what lies there
/// was installed by that person.
const WORKPLACES: [&str; 2] = ["/run/.toolboxenv", "/run/.distroboxenv"];

/// Values of the variable `container` (systemd's Container Interface) that mean an image with one program in it; the
/// others (`lxc`, `systemd-nspawn`, `wsl`) mean a system of its own.
const ENGINES: [&str; 4] = ["docker", "podman", "oci", "containerd"];

/// What runs the container that this process is in, if it is in one that says so. The first that tells decides:
///
/// 1. Kubernetes, which runs the engines: by what it sets and mounts in each pod;
/// 2. the name that the container's manager gives, by the Container Interface of systemd;
/// 3. what Docker, Podman and Apptainer leave in each container;
/// 4. a manager whose name says no more than that it is one: [`Container::Other`].
///
/// No process is asked and no control group read: their names are the user's.
#[must_use]
pub fn container(environment: &Environment) -> Option<Container> {
    if environment.is_set(VARIABLE_OF_KUBERNETES) || environment.exists(OF_KUBERNETES) {
        return Some(Container::Kubernetes);
    }
    let manager = manager(environment);
    manager.filter(|manager| *manager != Container::Other).or_else(|| left(environment)).or(manager)
}

/// The engine that left something.
fn left(environment: &Environment) -> Option<Container> {
    if environment.exists(OF_PODMAN) {
        Some(Container::Podman)
    } else if environment.exists(OF_DOCKER) {
        Some(Container::Docker)
    } else if VARIABLES_OF_APPTAINER.iter().any(|name| environment.is_set(name))
        || environment.exists(OF_APPTAINER)
    {
        Some(Container::Apptainer)
    } else {
        None
    }
}

/// The manager of this container, by the name that it gives itself. `container` is also a name that people's own scripts
/// use, so a variable with a name that is not known says nothing; a file is nobody's but a manager's.
fn manager(environment: &Environment) -> Option<Container> {
    let known = |name: &str| NAMES.iter().find(|(known, _)| *known == name).map(|(_, container)| *container);
    let variable = environment.var(MANAGER).and_then(|name| known(name.to_string_lossy().trim()));
    variable.or_else(|| {
        let name = MANAGER_FILES.iter().find_map(|file| environment.read(file))?;
        match name.trim() {
            // That is WSL itself, which is no container.
            "" | "wsl" => None,
            name => known(name).or(Some(Container::Other)),
        }
    })
}

/// Whether this process runs in a container made from an image. Kubernetes tells its own by a variable, since containerd
/// leaves no file.
pub(super) fn is_container(environment: &Environment) -> bool {
    let is_made = [OF_DOCKER, OF_PODMAN].iter().any(|file| environment.exists(file))
        || ENGINES.iter().any(|engine| environment.is(MANAGER, engine))
        || environment.is_set(VARIABLE_OF_KUBERNETES);
    is_made && !WORKPLACES.iter().any(|file| environment.exists(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine with these files, each a path and what is in it, and these variables.
    fn on<T>(files: &[(&str, &str)], variables: &[(&str, &str)], ask: impl Fn(&Environment) -> T) -> T {
        let root = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = root.path().join(file.trim_start_matches('/'));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        ask(&Environment::fake(variables.iter().copied(), root.path()))
    }

    #[test]
    fn a_container_is_told_by_what_its_manager_says_or_leaves() {
        use Container::{Apptainer, Containerd, Docker, Kubernetes, Lxc, Other, Podman, SystemdNspawn};
        let pod = ("/var/run/secrets/kubernetes.io/serviceaccount/token", "made-up");
        for (files, variables, expected) in [
            (&[][..], &[][..], None),
            (&[("/.dockerenv", "")], &[], Some(Docker)),
            (&[("/run/.containerenv", "engine=\"podman-5.0\"\n")], &[], Some(Podman)),
            (&[("/run/.containerenv", ""), ("/run/.toolboxenv", "")], &[("container", "oci")], Some(Podman)),
            (&[("/.singularity.d/runscript", "")], &[], Some(Apptainer)),
            (&[], &[("APPTAINER_CONTAINER", "/images/atlas.sif")], Some(Apptainer)),
            (&[], &[("SINGULARITY_CONTAINER", "/images/atlas.sif")], Some(Apptainer)),
            (&[], &[("KUBERNETES_SERVICE_HOST", "10.0.0.1")], Some(Kubernetes)),
            (&[pod], &[], Some(Kubernetes)),
            (&[pod, ("/.dockerenv", "")], &[("container", "docker")], Some(Kubernetes)),
            (&[], &[("container", "podman")], Some(Podman)),
            (&[], &[("container", "docker")], Some(Docker)),
            (&[], &[("container", "containerd")], Some(Containerd)),
            (&[], &[("container", "lxc")], Some(Lxc)),
            (&[], &[("container", "lxc-libvirt")], Some(Lxc)),
            (&[], &[("container", "systemd-nspawn")], Some(SystemdNspawn)),
            (&[("/run/host/container-manager", "systemd-nspawn\n")], &[], Some(SystemdNspawn)),
            (&[("/run/systemd/container", "lxc\n")], &[], Some(Lxc)),
            (&[("/run/systemd/container", "lxc\n")], &[("container", "podman")], Some(Podman)),
            // A name that is not known: in a file it is a container's still, and nothing of it is told.
            (&[("/run/host/container-manager", "adas-own\n")], &[], Some(Other)),
            (&[], &[("container", "adas-own")], None),
            (&[], &[("container", "oci")], Some(Other)),
            (&[("/.dockerenv", "")], &[("container", "oci")], Some(Docker)),
            (&[], &[("container", "")], None),
            (&[("/run/systemd/container", "\n")], &[], None),
            (&[], &[("container", "wsl")], None),
            (&[("/run/systemd/container", "wsl\n")], &[], None),
            (&[("/.dockerenv", "")], &[("container", "wsl")], Some(Docker)),
        ] {
            assert_eq!(on(files, variables, container), expected, "{files:?} {variables:?}");
        }
    }

    #[test]
    fn every_container_has_a_sign() {
        for known in Container::ALL {
            let told = NAMES.iter().any(|(_, container)| container == known);
            assert!(told || *known == Container::Kubernetes, "{known:?}");
        }
    }

    #[test]
    fn images_are_told_from_systems_of_their_own() {
        for (files, variables, expected) in [
            (&[][..], &[][..], false),
            (&[("/.dockerenv", "")], &[], true),
            (&[("/run/.containerenv", "")], &[], true),
            (&[], &[("container", "podman")], true),
            (&[], &[("container", "lxc")], false),
            (&[], &[("KUBERNETES_SERVICE_HOST", "10.0.0.1")], true),
            (&[("/run/.toolboxenv", "")], &[("container", "podman")], false),
        ] {
            assert_eq!(on(files, variables, is_container), expected, "{files:?} {variables:?}");
        }
    }
}
