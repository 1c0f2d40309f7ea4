//! Whether this process runs in a container.

use super::Environment;

/// Files that container engines put into each container: Docker's (moby, `daemon/initlayer`) and Podman's
/// (podman-run(1)).
const MARKERS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];

/// What toolbox(1) and distrobox put into a container that a person works in as on the machine itself: what lies there
/// was installed by that person.
const WORKPLACES: [&str; 2] = ["/run/.toolboxenv", "/run/.distroboxenv"];

/// Values of the variable `container` (systemd's Container Interface) that mean an image with one program in it; the
/// others (`lxc`, `systemd-nspawn`, `wsl`) mean a system of its own.
const ENGINES: [&str; 4] = ["docker", "podman", "oci", "containerd"];

/// Whether this process runs in a container made from an image. Kubernetes tells its own by `KUBERNETES_SERVICE_HOST`,
/// since containerd leaves no file.
pub(super) fn is_container(environment: &Environment) -> bool {
    let is_made = MARKERS.iter().any(|file| environment.exists(file))
        || ENGINES.iter().any(|engine| environment.is("container", engine))
        || environment.is_set("KUBERNETES_SERVICE_HOST");
    is_made && !WORKPLACES.iter().any(|file| environment.exists(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_told_by_what_their_engines_leave() {
        for (file, variables, expected) in [
            (None, &[][..], false),
            (Some("/.dockerenv"), &[], true),
            (Some("/run/.containerenv"), &[], true),
            (None, &[("container", "podman")], true),
            (None, &[("container", "lxc")], false),
            (None, &[("KUBERNETES_SERVICE_HOST", "10.0.0.1")], true),
            (Some("/run/.toolboxenv"), &[("container", "podman")], false),
        ] {
            let root = tempfile::tempdir().unwrap();
            if let Some(file) = file {
                let path = root.path().join(file.trim_start_matches('/'));
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, "").unwrap();
            }
            let environment = Environment::fake(variables.iter().copied(), root.path());
            assert_eq!(is_container(&environment), expected, "{file:?} {variables:?}");
        }
    }
}
