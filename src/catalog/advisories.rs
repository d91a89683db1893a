//! Faults of releases that were published, and the releases that are free of them.

use super::version::Version;

/// A fault of the controller itself.
#[derive(Debug)]
pub struct Advisory {
    /// The names under which it was published.
    pub names: &'static [&'static str],
    /// The first release of each line that is free of it, oldest first. Lines between them and before them have it.
    pub fixed: &'static [Version],
    /// What whoever may write an Ingress, or reach the controller, does with it.
    pub what: &'static str,
    /// The rules of `check` that tell where manifests use it or leave it open, beside the one that tells that the release has it.
    pub told_by: &'static [&'static str],
}

const fn v(major: u16, minor: u16, patch: u16) -> Version {
    Version::new(major, minor, patch)
}

/// All of them, the worst first.
pub static ADVISORIES: &[Advisory] = &[
    Advisory {
        names: &["CVE-2025-1974", "CVE-2025-1097", "CVE-2025-1098", "CVE-2025-24513", "CVE-2025-24514"],
        fixed: &[v(1, 11, 5), v(1, 12, 1)],
        what: "whoever reaches the admission webhook runs programs in the controller and reads all its Secrets",
        told_by: &["control-character", "malformed-annotation"],
    },
    Advisory {
        names: &["CVE-2026-4342"],
        fixed: &[v(1, 13, 9), v(1, 14, 5), v(1, 15, 1)],
        what: "annotations of an Ingress bring raw configuration in",
        told_by: &["control-character", "loose-path"],
    },
    Advisory {
        names: &["CVE-2026-3288"],
        fixed: &[v(1, 13, 8), v(1, 14, 4), v(1, 15, 0)],
        what: "`rewrite-target` brings raw configuration in",
        told_by: &["blocked-reload"],
    },
    Advisory {
        names: &["CVE-2026-24512", "CVE-2026-1580"],
        fixed: &[v(1, 13, 7), v(1, 14, 3)],
        what: "the path or `auth-method` of an Ingress brings raw configuration in",
        told_by: &["blocked-reload", "malformed-annotation"],
    },
    Advisory {
        names: &["CVE-2025-15566"],
        fixed: &[v(1, 12, 5), v(1, 13, 1)],
        what: "a header of `auth-proxy-set-headers` brings raw configuration in",
        told_by: &["malformed-annotation"],
    },
    Advisory {
        names: &["CVE-2026-24513"],
        fixed: &[v(1, 13, 7), v(1, 14, 3)],
        what: "an error page in place of a refusal by external authentication lets requests in",
        told_by: &["masked-refusal"],
    },
    Advisory {
        names: &["CVE-2026-24514"],
        fixed: &[v(1, 13, 7), v(1, 14, 3)],
        what: "a large object that the admission webhook is asked about uses its memory up",
        told_by: &[],
    },
    Advisory {
        names: &["CVE-2024-7646"],
        fixed: &[v(1, 10, 4), v(1, 11, 2)],
        what: "a line break gets past the checks of annotations",
        told_by: &["control-character"],
    },
    Advisory {
        names: &["CVE-2023-5043", "CVE-2023-5044"],
        fixed: &[v(1, 9, 0)],
        what: "values of annotations are not checked, and bring raw configuration in",
        told_by: &["loosened-policy", "malformed-annotation"],
    },
    Advisory { names: &["CVE-2022-4886"], fixed: &[v(1, 8, 0)], what: "paths bring raw configuration in", told_by: &["loose-path"] },
    Advisory {
        names: &["CVE-2021-25748"],
        fixed: &[v(1, 2, 1)],
        what: "a line break in a path brings raw configuration in",
        told_by: &["control-character"],
    },
    Advisory {
        names: &["CVE-2021-25745", "CVE-2021-25746"],
        fixed: &[v(1, 2, 0)],
        what: "paths and annotations read the token of the controller's account",
        told_by: &["blocked-word"],
    },
    Advisory {
        names: &["CVE-2021-25742"],
        fixed: &[v(1, 9, 0)],
        what: "snippets, which are allowed unless somebody forbids them, read all Secrets that the controller can",
        told_by: &["disabled-snippet", "loosened-policy"],
    },
    Advisory {
        names: &["CVE-2020-8553"],
        fixed: &[v(0, 28, 0)],
        what: "a password file of one namespace takes the place of another one's",
        told_by: &[],
    },
];

impl Advisory {
    /// Whether a release has the fault.
    #[must_use]
    pub fn concerns(&self, version: Version) -> bool {
        let line = |version: &Version| (version.major, version.minor);
        let own = self.fixed.iter().find(|fixed| line(fixed) == line(&version));
        own.or(self.fixed.last()).is_some_and(|fixed| version < *fixed)
    }
}

/// The first release from one on that none of them concerns.
#[must_use]
pub fn sound() -> Option<Version> {
    ADVISORIES.iter().filter_map(|advisory| advisory.fixed.last()).max().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_fixed_by_a_release_of_its_own() {
        let [webhook, ..] = ADVISORIES else { panic!("there are advisories") };
        for (version, expected) in [
            (v(0, 49, 0), true),
            (v(1, 9, 6), true),
            (v(1, 11, 4), true),
            (v(1, 11, 5), false),
            (v(1, 11, 8), false),
            (v(1, 12, 0), true),
            (v(1, 12, 1), false),
            (v(1, 13, 0), false),
        ] {
            assert_eq!(webhook.concerns(version), expected, "{version}");
        }
        let sound = sound().expect("there is one");
        assert!(ADVISORIES.iter().all(|advisory| !advisory.concerns(sound)));
    }
}
