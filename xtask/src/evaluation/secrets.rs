//! Secrets in what carries them.

use anyhow::{Context as _, Result};

use super::expand::{Random, expand};
use super::{Secret, encode, sections};

/// Every kind in every carrier; of the worded ones the text that is their own.
pub(super) fn secrets(kinds: &str, carriers: &str) -> Result<Vec<Secret>> {
    let carriers: Vec<(&str, &str)> = sections(carriers)
        .map(|(_, line)| line.split_once(" | ").with_context(|| format!("{line}: name | text")))
        .collect::<Result<_>>()?;
    let mut secrets = Vec::new();
    for (class, line) in sections(kinds) {
        let parts: Vec<&str> = line.splitn(3, " | ").collect();
        let [kind, second, third] = parts[..] else { anyhow::bail!("{line}: three parts are wanted") };
        if class == "worded" {
            let secret = expand(second, &mut Random::new(kind))?;
            let text = third.replace("{{", "{").replace("}}", "}").replace("{nl}", "\n").replace("{sp}", " ");
            secrets.push(Secret {
                class: class.to_owned(),
                kind: kind.to_owned(),
                carrier: "own".to_owned(),
                text: text.replace("{secret}", &secret),
                value: secret,
            });
            continue;
        }
        for (carrier, text) in &carriers {
            // Without a name beside it nobody can tell a word or six digits for a password.
            let is_named = ["{name}", "{NAME}", "{flag}"].iter().any(|name| text.contains(name));
            if class == "unmarked" && !is_named {
                continue;
            }
            let secret = expand(third, &mut Random::new(&format!("{kind} {carrier}")))?;
            let text = text
                .replace("{name}", second)
                .replace("{NAME}", &second.to_ascii_uppercase())
                .replace("{flag}", &second.replace('_', "-"))
                .replace("{wrapped}", &format!("token was {}", encode::wrapped(&secret)))
                .replace("{secret}", &secret);
            secrets.push(Secret {
                class: class.to_owned(),
                kind: kind.to_owned(),
                carrier: (*carrier).to_owned(),
                value: secret,
                text,
            });
        }
    }
    Ok(secrets)
}
