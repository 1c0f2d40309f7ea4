//! Which proxy to use, by the variables that other programs read.

use ureq::Proxy;

use crate::SinkError;

/// Variables that name a proxy for https, the more particular first, and small letters before capital ones, as curl
/// reads them. `HTTP_PROXY` is for plain HTTP, which goes to loopback only and so through no proxy.
const PROXY: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const NO_PROXY: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// Variables of the environment.
pub(super) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What the environment says of proxies.
#[derive(Clone, Default)]
pub(super) struct Proxies {
    proxy: Option<(&'static str, String)>,
    none_for: Vec<String>,
}

/// Shows names only: the address of a proxy may hold a credential.
impl std::fmt::Debug for Proxies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let variable = self.proxy.as_ref().map(|(variable, _)| variable);
        f.debug_struct("Proxies").field("variable", &variable).field("none_for", &self.none_for).finish()
    }
}

impl Proxies {
    pub(super) fn read(variables: Variables<'_>) -> Self {
        let set = |name: &str| variables(name).filter(|value| !value.trim().is_empty());
        let none_for = NO_PROXY.iter().find_map(|name| set(name)).unwrap_or_default();
        Self {
            proxy: PROXY.iter().find_map(|name| Some((*name, set(name)?))),
            none_for: none_for
                .split([',', ' '])
                .map(|entry| entry.trim().to_ascii_lowercase())
                .filter(|entry| !entry.is_empty())
                .collect(),
        }
    }

    /// The proxy for a host. One that cannot be used is an error: going around it is not what its user asked for.
    pub(super) fn proxy_for(&self, host: &str) -> Result<Option<Proxy>, SinkError> {
        let Some((variable, address)) = &self.proxy else { return Ok(None) };
        if self.is_excepted(host) {
            return Ok(None);
        }
        Proxy::new(address.trim()).map(Some).map_err(|_| SinkError::Proxy { variable })
    }

    /// `*` is every host; a name is itself and what is below it, with or without a dot or `*.` before it.
    fn is_excepted(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        self.none_for.iter().any(|entry| {
            let name = entry.trim_start_matches("*.").trim_start_matches('.').trim_matches(['[', ']']);
            entry == "*" || host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Proxies {
        Proxies::read(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn host_of(proxies: &Proxies, host: &str) -> Option<String> {
        proxies.proxy_for(host).unwrap().map(|proxy| proxy.host().to_owned())
    }

    #[test]
    fn the_particular_variable_wins_and_an_empty_one_is_none() {
        let all = ("ALL_PROXY", "http://all:1");
        assert_eq!(host_of(&proxies(&[all]), "example.com").as_deref(), Some("all"));
        let both = proxies(&[all, ("HTTPS_PROXY", "http://secure:1")]);
        assert_eq!(host_of(&both, "example.com").as_deref(), Some("secure"));
        assert_eq!(host_of(&proxies(&[("HTTPS_PROXY", "")]), "example.com"), None);
        assert_eq!(host_of(&proxies(&[("HTTP_PROXY", "http://plain:1")]), "example.com"), None);
    }

    #[test]
    fn exceptions_are_names_and_what_is_below_them() {
        let proxies = |list| proxies(&[("https_proxy", "http://proxy:3128"), ("NO_PROXY", list)]);
        for (list, host, excepted) in [
            ("*", "example.com", true),
            ("example.com", "example.com", true),
            ("example.com", "EXAMPLE.com", true),
            ("example.com", "telemetry.example.com", true),
            ("example.com", "notexample.com", false),
            (".example.com", "telemetry.example.com", true),
            ("*.example.com", "telemetry.example.com", true),
            ("localhost, example.com", "example.com", true),
            ("10.0.0.1", "10.0.0.1", true),
            ("::1", "[::1]", true),
            ("", "example.com", false),
        ] {
            assert_eq!(host_of(&proxies(list), host).is_none(), excepted, "{list} {host}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
        let proxies = proxies(&[("HTTPS_PROXY", "ftp://ada:hunter2@proxy")]);
        let error = proxies.proxy_for("example.com").unwrap_err();
        assert!(error.to_string().starts_with("HTTPS_PROXY: "));
        assert!(!format!("{error:?} {error} {proxies:?}").contains("hunter2"));
    }
}
