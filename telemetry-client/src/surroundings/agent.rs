//! The coding agent that runs a command, told by the variables agents set for the commands they run.

use telemetry_schema::CodingAgent;

use super::Environment;

/// Variable and agent, as each agent documents it; the list is that of the package `std-env` (MIT), checked against the
/// agents' own documentation where there is one.
const VARIABLES: [(&str, CodingAgent); 16] = [
    ("CLAUDECODE", CodingAgent::ClaudeCode),
    ("CLAUDE_CODE", CodingAgent::ClaudeCode),
    ("CURSOR_AGENT", CodingAgent::Cursor),
    ("CODEX_SANDBOX", CodingAgent::Codex),
    ("CODEX_THREAD_ID", CodingAgent::Codex),
    ("GEMINI_CLI", CodingAgent::GeminiCli),
    ("COPILOT_AGENT_SESSION_ID", CodingAgent::Copilot),
    ("COPILOT_CLI", CodingAgent::Copilot),
    ("OPENCODE", CodingAgent::Opencode),
    ("GOOSE_TERMINAL", CodingAgent::Goose),
    ("AUGMENT_AGENT", CodingAgent::Augment),
    ("CLINE_ACTIVE", CodingAgent::Cline),
    ("REPL_ID", CodingAgent::Replit),
    ("AMP_CURRENT_THREAD_ID", CodingAgent::Amp),
    ("DEVIN", CodingAgent::Devin),
    ("AI_AGENT", CodingAgent::Other),
];

/// The coding agent that runs this process, if one does.
#[must_use]
pub fn agent(environment: &Environment) -> Option<CodingAgent> {
    VARIABLES.iter().find(|(name, _)| environment.is_set(name)).map(|(_, agent)| *agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_told_by_their_variables() {
        for (name, expected) in VARIABLES {
            assert_eq!(agent(&Environment::fake([(name, "1")], "/nonexistent")), Some(expected));
        }
        assert_eq!(agent(&Environment::fake([("CLAUDECODE", "")], "/nonexistent")), None);
    }
}
