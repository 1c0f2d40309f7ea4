//! The CI vendor, told by the variables vendors set.

use telemetry_schema::CiVendor as Vendor;

use super::Environment;

/// One vendor's sign.
enum Sign {
    /// All of these variables are set.
    Set(&'static [&'static str]),
    /// This variable has this value.
    Is(&'static str, &'static str),
    /// This variable's value holds this.
    Holds(&'static str, &'static str),
}

/// The list of vendors and variables of the package `ci-info` 4 (MIT).
const SIGNS: [(Sign, Vendor); 48] = [
    (Sign::Set(&["APPVEYOR"]), Vendor::AppVeyor),
    (Sign::Set(&["CODEBUILD_BUILD_ARN"]), Vendor::CodeBuild),
    (Sign::Set(&["TF_BUILD"]), Vendor::AzurePipelines),
    (Sign::Set(&["bamboo_planKey"]), Vendor::Bamboo),
    (Sign::Set(&["BITBUCKET_COMMIT"]), Vendor::BitbucketPipelines),
    (Sign::Set(&["BITRISE_IO"]), Vendor::Bitrise),
    (Sign::Set(&["BUDDY_WORKSPACE_ID"]), Vendor::Buddy),
    (Sign::Set(&["BUILDKITE"]), Vendor::Buildkite),
    (Sign::Set(&["CIRCLECI"]), Vendor::CircleCi),
    (Sign::Set(&["CIRRUS_CI"]), Vendor::CirrusCi),
    (Sign::Set(&["CF_PAGES"]), Vendor::CloudflarePages),
    (Sign::Set(&["CF_BUILD_ID"]), Vendor::Codefresh),
    (Sign::Set(&["CM_BUILD_ID"]), Vendor::Codemagic),
    (Sign::Is("CI_NAME", "codeship"), Vendor::Codeship),
    (Sign::Set(&["DRONE"]), Vendor::Drone),
    (Sign::Set(&["DSARI"]), Vendor::Dsari),
    (Sign::Set(&["EAS_BUILD"]), Vendor::Eas),
    (Sign::Set(&["GERRIT_PROJECT"]), Vendor::Gerrit),
    (Sign::Set(&["GITEA_ACTIONS"]), Vendor::GiteaActions),
    (Sign::Set(&["GITHUB_ACTIONS"]), Vendor::GithubActions),
    (Sign::Set(&["GITLAB_CI"]), Vendor::GitlabCi),
    (Sign::Set(&["GO_PIPELINE_LABEL"]), Vendor::GoCd),
    (Sign::Set(&["BUILDER_OUTPUT"]), Vendor::GoogleCloudBuild),
    (Sign::Set(&["HARNESS_BUILD_ID"]), Vendor::HarnessCi),
    (Sign::Holds("NODE", "/app/.heroku/node/bin/node"), Vendor::Heroku),
    (Sign::Set(&["JENKINS_URL", "BUILD_ID"]), Vendor::Jenkins),
    (Sign::Set(&["LAYERCI"]), Vendor::LayerCi),
    (Sign::Set(&["MAGNUM"]), Vendor::MagnumCi),
    (Sign::Set(&["NETLIFY"]), Vendor::Netlify),
    (Sign::Set(&["NF_BUILD_ID"]), Vendor::NorthflankCi),
    (Sign::Set(&["PROW_JOB_ID"]), Vendor::Prow),
    (Sign::Set(&["RELEASE_BUILD_ID"]), Vendor::ReleaseHub),
    (Sign::Set(&["RENDER"]), Vendor::Render),
    (Sign::Set(&["SAILCI"]), Vendor::SailCi),
    (Sign::Set(&["SCREWDRIVER"]), Vendor::Screwdriver),
    (Sign::Set(&["SEMAPHORE"]), Vendor::Semaphore),
    (Sign::Is("CI_NAME", "sourcehut"), Vendor::Sourcehut),
    (Sign::Set(&["STRIDER"]), Vendor::StriderCd),
    (Sign::Set(&["TASK_ID", "RUN_ID"]), Vendor::TaskCluster),
    (Sign::Set(&["TEAMCITY_VERSION"]), Vendor::TeamCity),
    (Sign::Set(&["TRAVIS"]), Vendor::TravisCi),
    (Sign::Set(&["VELA"]), Vendor::Vela),
    (Sign::Set(&["NOW_BUILDER"]), Vendor::Vercel),
    (Sign::Set(&["VERCEL"]), Vendor::Vercel),
    (Sign::Set(&["APPCENTER_BUILD_ID"]), Vendor::VisualStudioAppCenter),
    (Sign::Is("CI", "woodpecker"), Vendor::Woodpecker),
    (Sign::Set(&["CI_XCODE_PROJECT"]), Vendor::XcodeCloud),
    (Sign::Set(&["XCS"]), Vendor::XcodeServer),
];

/// Variables that mean some CI, whoever's it is; `ci-info` looks at the same.
const GENERIC: [&str; 4] = ["CI", "CONTINUOUS_INTEGRATION", "BUILD_NUMBER", "CI_APP_ID"];

/// The CI vendor, if this process runs in CI. `CI=false` means none, whatever else is set.
#[must_use]
pub fn ci(environment: &Environment) -> Option<Vendor> {
    if environment.is("CI", "false") {
        return None;
    }
    let holds = |sign: &Sign| match sign {
        Sign::Set(names) => names.iter().all(|name| environment.is_set(name)),
        Sign::Is(name, value) => environment.is(name, value),
        Sign::Holds(name, part) => {
            environment.var(name).is_some_and(|value| value.to_string_lossy().contains(part))
        }
    };
    let known = SIGNS.iter().find(|(sign, _)| holds(sign)).map(|(_, vendor)| *vendor);
    known.or_else(|| GENERIC.iter().any(|name| environment.is_set(name)).then_some(Vendor::Other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Option<Vendor> {
        ci(&Environment::fake(variables.iter().copied(), "/nonexistent"))
    }

    #[test]
    fn vendors_are_told_by_their_variables() {
        for (sign, vendor) in SIGNS {
            let variables: Vec<(&str, &str)> = match sign {
                Sign::Set(names) => names.iter().map(|name| (*name, "1")).collect(),
                Sign::Is(name, value) | Sign::Holds(name, value) => vec![(name, value)],
            };
            assert_eq!(with(&variables), Some(vendor));
        }
        assert_eq!(with(&[("CI", "true")]), Some(Vendor::Other));
        assert_eq!(with(&[("CI", "false"), ("GITHUB_ACTIONS", "true")]), None);
        assert_eq!(with(&[("TASK_ID", "1")]), None);
        assert_eq!(with(&[]), None);
    }
}
