//! The CI vendor, told by the variables vendors set.

use telemetry_schema::CiVendor as Vendor;

use super::Environment;

/// One vendor's sign.
#[derive(Debug, Clone, Copy)]
enum Sign {
    /// All of these variables are set.
    All(&'static [&'static str]),
    /// One of these variables is set.
    Any(&'static [&'static str]),
    /// This variable has this value.
    Is(&'static str, &'static str),
    /// This variable's value holds this.
    Holds(&'static str, &'static str),
}

/// Which vendor sets what: the facts of `vendors.json` in the package `ci-info` 4.5.0 (MIT), and Northflank's own
/// variable. A variable is set where it has a value; the first sign that holds decides, so a vendor whose runner also
/// sets another's variables stands before it: Gitea before GitHub, Jenkins before Hudson.
const SIGNS: [(Sign, Vendor); 56] = [
    (Sign::Any(&["APPVEYOR"]), Vendor::AppVeyor),
    (Sign::Any(&["CODEBUILD_BUILD_ARN"]), Vendor::CodeBuild),
    (Sign::Any(&["TF_BUILD"]), Vendor::AzurePipelines),
    (Sign::Any(&["bamboo_planKey"]), Vendor::Bamboo),
    (Sign::Any(&["BITBUCKET_COMMIT"]), Vendor::BitbucketPipelines),
    (Sign::Any(&["BITRISE_IO"]), Vendor::Bitrise),
    (Sign::Any(&["BUDDY_WORKSPACE_ID"]), Vendor::Buddy),
    (Sign::Any(&["BUILDKITE"]), Vendor::Buildkite),
    (Sign::Any(&["CIRCLECI"]), Vendor::CircleCi),
    (Sign::Any(&["CIRRUS_CI"]), Vendor::CirrusCi),
    (Sign::Any(&["CF_PAGES"]), Vendor::CloudflarePages),
    (Sign::Any(&["CF_BUILD_ID"]), Vendor::Codefresh),
    (Sign::Any(&["CM_BUILD_ID"]), Vendor::Codemagic),
    (Sign::Is("CI_NAME", "codeship"), Vendor::Codeship),
    (Sign::Any(&["DRONE"]), Vendor::Drone),
    (Sign::Any(&["DSARI"]), Vendor::Dsari),
    (Sign::Any(&["EAS_BUILD"]), Vendor::Eas),
    (Sign::Any(&["GERRIT_PROJECT"]), Vendor::Gerrit),
    (Sign::Any(&["GITEA_ACTIONS"]), Vendor::GiteaActions),
    (Sign::Any(&["GITHUB_ACTIONS"]), Vendor::GithubActions),
    (Sign::Any(&["GITLAB_CI"]), Vendor::GitlabCi),
    (Sign::Any(&["GO_PIPELINE_LABEL"]), Vendor::GoCd),
    (Sign::Any(&["BUILDER_OUTPUT"]), Vendor::GoogleCloudBuild),
    (Sign::Any(&["HARNESS_BUILD_ID"]), Vendor::HarnessCi),
    (Sign::Holds("NODE", "/app/.heroku/node/bin/node"), Vendor::Heroku),
    (Sign::All(&["JENKINS_URL", "BUILD_ID"]), Vendor::Jenkins),
    (Sign::Any(&["LAYERCI"]), Vendor::LayerCi),
    (Sign::Any(&["MAGNUM"]), Vendor::MagnumCi),
    (Sign::Any(&["NETLIFY"]), Vendor::Netlify),
    (Sign::Any(&["NF_BUILD_ID"]), Vendor::NorthflankCi),
    (Sign::Any(&["PROW_JOB_ID"]), Vendor::Prow),
    (Sign::Any(&["RELEASE_BUILD_ID"]), Vendor::ReleaseHub),
    (Sign::Any(&["RENDER"]), Vendor::Render),
    (Sign::Any(&["SAILCI"]), Vendor::SailCi),
    (Sign::Any(&["SCREWDRIVER"]), Vendor::Screwdriver),
    (Sign::Any(&["SEMAPHORE"]), Vendor::Semaphore),
    (Sign::Is("CI_NAME", "sourcehut"), Vendor::Sourcehut),
    (Sign::Any(&["STRIDER"]), Vendor::StriderCd),
    (Sign::All(&["TASK_ID", "RUN_ID"]), Vendor::TaskCluster),
    (Sign::Any(&["TEAMCITY_VERSION"]), Vendor::TeamCity),
    (Sign::Any(&["TRAVIS"]), Vendor::TravisCi),
    (Sign::Any(&["VELA"]), Vendor::Vela),
    (Sign::Any(&["NOW_BUILDER", "VERCEL"]), Vendor::Vercel),
    (Sign::Any(&["APPCENTER_BUILD_ID"]), Vendor::VisualStudioAppCenter),
    (Sign::Is("CI", "woodpecker"), Vendor::Woodpecker),
    (Sign::Any(&["CI_XCODE_PROJECT"]), Vendor::XcodeCloud),
    (Sign::Any(&["XCS"]), Vendor::XcodeServer),
    // Vendors of the list that have no name in the schema.
    (Sign::Any(&["AGOLA_GIT_REF"]), Vendor::Other),
    (Sign::Any(&["ALPIC_HOST"]), Vendor::Other),
    (Sign::Any(&["AC_APPCIRCLE"]), Vendor::Other),
    (Sign::Any(&["CAPAWESOME_CLOUD"]), Vendor::Other),
    (Sign::Any(&["WORKERS_CI"]), Vendor::Other),
    (Sign::Any(&["EARTHLY_CI"]), Vendor::Other),
    (Sign::Any(&["HUDSON_URL"]), Vendor::Other),
    (Sign::Any(&["NEVERCODE"]), Vendor::Other),
    (Sign::Any(&["RWX"]), Vendor::Other),
];

/// Variables that mean some CI, whoever's it is. `ci-info` also takes `BUILD_ID` and `RUN_ID`; both are names that
/// people's own scripts use, and a person taken for a CI would be missing from every count of people.
const GENERIC: [&str; 6] =
    ["CONTINUOUS_INTEGRATION", "BUILD_NUMBER", "CI_APP_ID", "CI_BUILD_ID", "CI_BUILD_NUMBER", "CI_NAME"];

/// The CI vendor, if this process runs in CI. `CI=false` (or `0`) means none, whatever else is set.
#[must_use]
pub fn ci(environment: &Environment) -> Option<Vendor> {
    let is_ci = environment.is_on("CI");
    if environment.is_set("CI") && !is_ci {
        return None;
    }
    let known = SIGNS.iter().find(|(sign, _)| sign.holds(environment)).map(|(_, vendor)| *vendor);
    let is_generic = || is_ci || GENERIC.iter().any(|name| environment.is_on(name));
    known.or_else(|| is_generic().then_some(Vendor::Other))
}

impl Sign {
    fn holds(self, environment: &Environment) -> bool {
        match self {
            Self::All(names) => names.iter().all(|name| environment.is_set(name)),
            Self::Any(names) => names.iter().any(|name| environment.is_set(name)),
            Self::Is(name, value) => environment.is(name, value),
            Self::Holds(name, part) => {
                environment.var(name).is_some_and(|value| value.to_string_lossy().contains(part))
            }
        }
    }
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
            let ways: Vec<Vec<(&str, &str)>> = match sign {
                Sign::All(names) => vec![names.iter().map(|name| (*name, "1")).collect()],
                Sign::Any(names) => names.iter().map(|name| vec![(*name, "1")]).collect(),
                Sign::Is(name, value) | Sign::Holds(name, value) => vec![vec![(name, value)]],
            };
            for way in ways {
                assert_eq!(with(&way), Some(vendor), "{sign:?}");
                let denied: Vec<_> = way.iter().copied().chain([("CI", "false")]).collect();
                assert_eq!(with(&denied), None, "{sign:?}");
                for (name, _) in way {
                    assert_eq!(with(&[(name, "")]), None, "{sign:?}");
                }
            }
        }
    }

    #[test]
    fn every_vendor_has_a_sign() {
        for vendor in Vendor::ALL {
            assert!(SIGNS.iter().any(|(_, told)| told == vendor), "{vendor:?}");
        }
    }

    #[test]
    fn what_is_no_vendor_s_can_still_be_ci() {
        for (variables, expected) in [
            (&[][..], None),
            (&[("CI", "true")], Some(Vendor::Other)),
            (&[("CI", "1")], Some(Vendor::Other)),
            (&[("CI", "")], None),
            (&[("CI", "0"), ("BUILD_NUMBER", "7")], None),
            (&[("CI", "FALSE")], None),
            (&[("CONTINUOUS_INTEGRATION", "true")], Some(Vendor::Other)),
            (&[("CONTINUOUS_INTEGRATION", "false")], None),
            (&[("BUILD_NUMBER", "7")], Some(Vendor::Other)),
            (&[("CI_NAME", "adas-ci")], Some(Vendor::Other)),
            // One half of a sign, and names that a person's own scripts use.
            (&[("TASK_ID", "1")], None),
            (&[("JENKINS_URL", "http://ci")], None),
            (&[("BUILD_ID", "1")], None),
            (&[("RUN_ID", "1")], None),
            (&[("NODE", "/usr/bin/node")], None),
            // One that also sets another's.
            (&[("GITHUB_ACTIONS", "true"), ("GITEA_ACTIONS", "true")], Some(Vendor::GiteaActions)),
            (&[("HUDSON_URL", "u"), ("JENKINS_URL", "u"), ("BUILD_ID", "1")], Some(Vendor::Jenkins)),
        ] {
            assert_eq!(with(variables), expected, "{variables:?}");
        }
    }
}
