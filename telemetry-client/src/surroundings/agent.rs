//! The coding agent that runs a command, told by the variables agents set for the commands they run.

use telemetry_schema::CodingAgent as Agent;

use super::Environment;

/// Variables by which an agent gives its name, and that alone: `AI_AGENT` is that of `@vercel/detect-agent`, `AGENT`
/// is set by goose, Amp and others (agentsmd/agents.md, issue 136).
const BY_NAME: [&str; 2] = ["AI_AGENT", "AGENT"];

/// Names that agents give themselves there, whatever follows after a character that is no letter or digit
/// (`github-copilot-cli`).
const NAMES: [(&str, Agent); 16] = [
    ("amp", Agent::Amp),
    ("auggie", Agent::Augment),
    ("augment", Agent::Augment),
    ("claude", Agent::ClaudeCode),
    ("cline", Agent::Cline),
    ("codex", Agent::Codex),
    ("copilot", Agent::Copilot),
    ("github-copilot", Agent::Copilot),
    ("github_copilot", Agent::Copilot),
    ("cowork", Agent::ClaudeCode),
    ("cursor", Agent::Cursor),
    ("devin", Agent::Devin),
    ("gemini", Agent::GeminiCli),
    ("goose", Agent::Goose),
    ("opencode", Agent::Opencode),
    ("replit", Agent::Replit),
];

/// Which agent sets what, and nobody else: the facts of the packages `std-env` 4.3.0 (MIT) and `@vercel/detect-agent`
/// 1.2.7 (Apache-2.0), and of the agents' own documentation and source for those that are in neither (Amp, Cline,
/// goose, Copilot's session, Pi, Qwen Code, Trae).
///
/// Left out of those lists, since a person's shell has them too: `CURSOR_TRACE_ID` (every terminal in the editor),
/// `COPILOT_MODEL`, `COPILOT_ALLOW_ALL` and `GOOSE_PROVIDER` (settings), `EDITOR` and `PATH` (a home may have any name
/// in it); and `COPILOT_GITHUB_TOKEN`, which is a credential and never looked at.
const VARIABLES: [(&str, Agent); 24] = [
    ("CLAUDECODE", Agent::ClaudeCode),
    ("CLAUDE_CODE", Agent::ClaudeCode),
    ("CLAUDE_CODE_IS_COWORK", Agent::ClaudeCode),
    ("CURSOR_AGENT", Agent::Cursor),
    ("CODEX_SANDBOX", Agent::Codex),
    ("CODEX_THREAD_ID", Agent::Codex),
    ("CODEX_CI", Agent::Codex),
    ("GEMINI_CLI", Agent::GeminiCli),
    ("COPILOT_AGENT", Agent::Copilot),
    ("COPILOT_AGENT_SESSION_ID", Agent::Copilot),
    ("COPILOT_CLI", Agent::Copilot),
    ("OPENCODE", Agent::Opencode),
    ("OPENCODE_CLIENT", Agent::Opencode),
    ("GOOSE_TERMINAL", Agent::Goose),
    ("AUGMENT_AGENT", Agent::Augment),
    ("CLINE_ACTIVE", Agent::Cline),
    ("AMP_CURRENT_THREAD_ID", Agent::Amp),
    ("ANTIGRAVITY_AGENT", Agent::Other),
    ("JUNIE_DATA", Agent::Other),
    ("JUNIE_SHIM_PATH", Agent::Other),
    ("PI_CODING_AGENT", Agent::Other),
    ("QWEN_CODE", Agent::Other),
    ("TRAE_AI_SHELL_ID", Agent::Other),
    // Set in every shell of a Replit workspace, a person's too; both packages take it for its agent. So it is last.
    ("REPL_ID", Agent::Replit),
];

/// What Devin's machines have, which set no variable of their own (`@vercel/detect-agent`).
const DEVIN: &str = "/opt/.devin";

/// The coding agent that runs this process, if one does: the name it gives, else the variable that only it sets.
///
/// Of several agents, one of which runs another, no variable says which is the inner one.
#[must_use]
pub fn agent(environment: &Environment) -> Option<Agent> {
    let of_machine = || agent_of_machine(environment);
    by_known_variable(environment).or_else(of_machine).or_else(|| unknown(environment))
}

/// As [`agent`], by variables alone.
pub(crate) fn agent_by_variable(environment: &Environment) -> Option<Agent> {
    by_known_variable(environment).or_else(|| unknown(environment))
}

/// The agent whose machine this is, which seldom changes.
pub(crate) fn agent_of_machine(environment: &Environment) -> Option<Agent> {
    environment.exists(DEVIN).then_some(Agent::Devin)
}

/// A name that is not known is still an agent's, but only in the variable that is for nothing else.
fn unknown(environment: &Environment) -> Option<Agent> {
    environment.is_on(BY_NAME[0]).then_some(Agent::Other)
}

fn by_known_variable(environment: &Environment) -> Option<Agent> {
    let by_variable = || {
        let told = VARIABLES.iter().find(|(name, _)| environment.is_on(name)).map(|(_, agent)| *agent);
        told.or_else(|| environment.is("CURSOR_EXTENSION_HOST_ROLE", "agent-exec").then_some(Agent::Cursor))
    };
    BY_NAME
        .iter()
        .find_map(|variable| named(&environment.var(variable)?.to_string_lossy()))
        .or_else(by_variable)
}

/// The agent that gives itself this name.
fn named(text: &str) -> Option<Agent> {
    let text = text.trim().to_ascii_lowercase();
    let is = |name: &str| {
        let rest = text.strip_prefix(name);
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
    };
    NAMES.iter().find(|(name, _)| is(name)).map(|(_, agent)| *agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Option<Agent> {
        agent(&Environment::fake(variables.iter().copied(), "/nonexistent"))
    }

    #[test]
    fn agents_are_told_by_their_variables() {
        for (name, expected) in VARIABLES {
            assert_eq!(with(&[(name, "1")]), Some(expected), "{name}");
            assert_eq!(with(&[(name, "")]), None, "{name}");
            assert_eq!(with(&[(name, "0")]), None, "{name}");
        }
        assert_eq!(with(&[("CURSOR_EXTENSION_HOST_ROLE", "agent-exec")]), Some(Agent::Cursor));
        assert_eq!(with(&[("CURSOR_EXTENSION_HOST_ROLE", "user")]), None);
        assert_eq!(with(&[]), None);
    }

    #[test]
    fn agents_are_told_by_the_name_they_give() {
        for (name, expected) in NAMES {
            for variable in BY_NAME {
                assert_eq!(with(&[(variable, name)]), Some(expected), "{name}");
            }
        }
        for (variables, expected) in [
            (&[("AI_AGENT", "claude-code/2.1")][..], Some(Agent::ClaudeCode)),
            (&[("AI_AGENT", " Cursor-CLI ")], Some(Agent::Cursor)),
            (&[("AI_AGENT", "github_copilot_vscode_agent")], Some(Agent::Copilot)),
            (&[("AI_AGENT", "v0")], Some(Agent::Other)),
            (&[("AI_AGENT", "ampersand")], Some(Agent::Other)),
            (&[("AI_AGENT", "false")], None),
            (&[("AGENT", "ada")], None),
            (&[("AGENT", "1"), ("OPENCODE", "1")], Some(Agent::Opencode)),
            (&[("AI_AGENT", "1"), ("CLINE_ACTIVE", "true")], Some(Agent::Cline)),
            (&[("AI_AGENT", "goose"), ("REPL_ID", "x")], Some(Agent::Goose)),
        ] {
            assert_eq!(with(variables), expected, "{variables:?}");
        }
    }

    #[test]
    fn what_a_person_s_shell_has_too_tells_nothing() {
        for name in ["CURSOR_TRACE_ID", "COPILOT_MODEL", "COPILOT_GITHUB_TOKEN", "GOOSE_PROVIDER"] {
            assert_eq!(with(&[(name, "1")]), None, "{name}");
        }
        assert_eq!(with(&[("EDITOR", "/home/devin/bin/vi")]), None);
    }

    #[test]
    fn devin_s_machines_are_told_by_a_file() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("opt/.devin")).unwrap();
        assert_eq!(agent(&Environment::fake([], root.path())), Some(Agent::Devin));
    }

    #[test]
    fn every_agent_has_a_sign() {
        for known in Agent::ALL {
            let told = VARIABLES.iter().chain(&NAMES).any(|(_, agent)| agent == known);
            assert!(told, "{known:?}");
        }
    }
}
