//! What started a command: a person at a terminal, a CI job, a coding agent.

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::surroundings::facts;

/// What started the command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The CI vendor, where the command runs in CI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = &"github_actions"))]
    pub ci: Option<CiVendor>,
    /// The coding agent that runs the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = &"claude_code"))]
    pub agent: Option<CodingAgent>,
    /// Which streams are a terminal.
    pub terminal: Terminal,
}

/// Which of the standard streams are a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Terminal {
    /// Standard input.
    #[cfg_attr(feature = "json-schema", schemars(example = &"terminal"))]
    pub stdin: StreamKind,
    /// Standard output.
    #[cfg_attr(feature = "json-schema", schemars(example = &"other"))]
    pub stdout: StreamKind,
    /// Standard error.
    #[cfg_attr(feature = "json-schema", schemars(example = &"terminal"))]
    pub stderr: StreamKind,
}

facts! {
    /// What a standard stream is connected to.
    StreamKind {
        Terminal = "terminal", "a terminal";
        Other = "other", "a file, a pipe or nothing";
    }

    /// A CI vendor. The list of vendors and the variables that tell them is that of the `ci-info` package (MIT).
    CiVendor {
        AppVeyor = "appveyor", "AppVeyor";
        AzurePipelines = "azure_pipelines", "Azure Pipelines";
        Bamboo = "bamboo", "Bamboo";
        BitbucketPipelines = "bitbucket_pipelines", "Bitbucket Pipelines";
        Bitrise = "bitrise", "Bitrise";
        Buddy = "buddy", "Buddy";
        Buildkite = "buildkite", "Buildkite";
        CircleCi = "circleci", "CircleCI";
        CirrusCi = "cirrus_ci", "Cirrus CI";
        CloudflarePages = "cloudflare_pages", "Cloudflare Pages";
        CodeBuild = "codebuild", "AWS CodeBuild";
        Codefresh = "codefresh", "Codefresh";
        Codemagic = "codemagic", "Codemagic";
        Codeship = "codeship", "Codeship";
        Drone = "drone", "Drone";
        Dsari = "dsari", "dsari";
        Eas = "eas", "Expo Application Services";
        Gerrit = "gerrit", "Gerrit";
        GiteaActions = "gitea_actions", "Gitea Actions";
        GithubActions = "github_actions", "GitHub Actions";
        GitlabCi = "gitlab_ci", "GitLab CI";
        GoCd = "gocd", "GoCD";
        GoogleCloudBuild = "google_cloud_build", "Google Cloud Build";
        HarnessCi = "harness_ci", "Harness CI";
        Heroku = "heroku", "Heroku";
        Jenkins = "jenkins", "Jenkins";
        LayerCi = "layerci", "LayerCI";
        MagnumCi = "magnum_ci", "Magnum CI";
        Netlify = "netlify", "Netlify CI";
        NorthflankCi = "northflank", "Northflank";
        Prow = "prow", "Prow";
        ReleaseHub = "releasehub", "ReleaseHub";
        Render = "render", "Render";
        SailCi = "sail_ci", "Sail CI";
        Screwdriver = "screwdriver", "Screwdriver";
        Semaphore = "semaphore", "Semaphore";
        Sourcehut = "sourcehut", "Sourcehut";
        StriderCd = "strider_cd", "Strider CD";
        TaskCluster = "taskcluster", "TaskCluster";
        TeamCity = "teamcity", "TeamCity";
        TravisCi = "travis_ci", "Travis CI";
        Vela = "vela", "Vela";
        Vercel = "vercel", "Vercel";
        VisualStudioAppCenter = "visual_studio_app_center", "Visual Studio App Center";
        Woodpecker = "woodpecker", "Woodpecker";
        XcodeCloud = "xcode_cloud", "Xcode Cloud";
        XcodeServer = "xcode_server", "Xcode Server";
        Other = "other", "another CI";
    }

    /// A coding agent, told by the variables that agents set for the commands they run.
    CodingAgent {
        Amp = "amp", "Amp";
        Augment = "augment", "Augment";
        ClaudeCode = "claude_code", "Claude Code";
        Cline = "cline", "Cline";
        Codex = "codex", "Codex";
        Copilot = "copilot", "GitHub Copilot";
        Cursor = "cursor", "Cursor";
        Devin = "devin", "Devin";
        GeminiCli = "gemini_cli", "Gemini CLI";
        Goose = "goose", "goose";
        Opencode = "opencode", "opencode";
        Replit = "replit", "Replit";
        Other = "other", "another agent";
    }
}
