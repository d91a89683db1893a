//! The nginx inside a controller: that of each release, and that of forks.

use std::fmt;

use super::release::{Release, is_image};
use super::releases::FIRST;
use super::version::Version;

/// Whose it is where somebody names it.
const SAID: &str = "the image";

/// A version of nginx.
pub type Nginx = (u16, u16, u16);

/// The nginx inside a controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// Whose it is, as `release 1.15.1`.
    pub of: String,
    /// Its version.
    pub nginx: Nginx,
    /// What was put right in it beside what its version has.
    pub repairs: Repairs,
}

/// What was put right in an nginx beside what its version has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repairs {
    /// These faults, by the names under which they were published.
    Of(&'static [&'static str]),
    /// Its makers do put faults right, and which ones is not known.
    Unknown,
}

/// The releases that brought another nginx, or put a fault right in it, newest first. Source: the scripts that build their images.
const RELEASES: &[(Version, Nginx, &[&str])] = &[
    (Version::new(1, 13, 0), (1, 27, 1), SESSIONS),
    (Version::new(1, 12, 4), (1, 25, 5), SESSIONS),
    (Version::new(1, 12, 0), (1, 25, 5), &[]),
    (Version::new(1, 11, 8), (1, 25, 5), SESSIONS),
    (Version::new(1, 10, 2), (1, 25, 5), &[]),
    (Version::new(1, 10, 0), (1, 25, 3), &[]),
    (Version::new(0, 0, 0), (1, 21, 6), &[]),
];
/// A patch in the image of its own.
const SESSIONS: &[&str] = &["CVE-2025-23419"];

/// A fork or a distribution whose nginx is another one, or has repairs of its own.
#[derive(Debug)]
pub struct Fork {
    /// What people call it.
    pub name: &'static str,
    /// The folders and the name of its images.
    pub images: &'static [&'static str],
    /// How its releases are counted: by dates, by a count of their own, or as those of the original.
    pub counts: Counts,
    /// The nginx of its releases, newest first: the first release with it, and which it is; none: that of the release it is based on.
    pub nginx: &'static [(Version, Nginx)],
    /// Whether it is known what it puts right.
    pub repairs: Repairs,
    /// Where that is known from.
    pub source: &'static str,
}

/// How releases of a fork are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// As those of the original, of which its tags hold the version.
    AsOriginal,
    /// Otherwise: they are based on this release.
    BasedOn(Version),
}

/// Forks, by name.
pub static FORKS: &[Fork] = &[
    Fork {
        name: "chainguard",
        images: &["chainguard/ingress-nginx-controller", "chainguard-private/ingress-nginx-controller"],
        counts: Counts::AsOriginal,
        nginx: &[],
        repairs: Repairs::Unknown,
        source: "its public repository, which stands at 1.14.0 with nginx 1.27.1; later images are 1.15.x",
    },
    Fork {
        name: "deckhouse",
        images: &[],
        counts: Counts::AsOriginal,
        nginx: &[(Version::new(0, 0, 0), (1, 30, 5))],
        repairs: Repairs::Unknown,
        source: "what is said of it; its images go by digests, and it is named by `--controller deckhouse:VERSION`",
    },
    Fork {
        name: "forkline",
        images: &["forkline/ingress-nginx/controller", "forkline/ingress-nginx/controller-chroot"],
        counts: Counts::BasedOn(Version::new(1, 15, 1)),
        nginx: &[(Version::new(2026, 7, 20), (1, 31, 0)), (Version::new(0, 0, 0), (1, 27, 1))],
        repairs: Repairs::Unknown,
        source: "its repository up to 2026.5.3; from 2026.7.20 on it says nginx 1.31, and not which one",
    },
    Fork {
        name: "herodevs",
        images: &["herodevs/ingress-nginx/controller", "herodevs/ingress-nginx-controller"],
        counts: Counts::AsOriginal,
        nginx: &[],
        repairs: Repairs::Unknown,
        source: "its policy: faults of nginx are put right, and which ones its customers are told",
    },
    Fork {
        name: "rke2",
        images: &["rancher/nginx-ingress-controller", "rancher/hardened-ingress-nginx"],
        counts: Counts::AsOriginal,
        nginx: &[],
        repairs: Repairs::Unknown,
        source: "its tags `-hardenedN`: the nginx of the release, with repairs",
    },
];

impl Fork {
    /// The fork that a release is of.
    #[must_use]
    pub fn of(release: &Release) -> Option<&'static Self> {
        let name = release.name.trim_end_matches("-chroot");
        FORKS.iter().find(|fork| {
            fork.name == name || fork.name == "rke2" && name == "rancher" || fork.images.iter().any(|known| is_image(name, known))
        })
    }
}

impl Inside {
    /// That of a release of the original.
    #[must_use]
    pub fn of_version(version: Version) -> Self {
        let found = RELEASES.iter().find(|(since, ..)| *since <= version);
        let (nginx, repaired) = found.map_or(((1, 21, 6), &[][..]), |(_, nginx, repaired)| (*nginx, *repaired));
        Self { of: format!("release {version}"), nginx, repairs: Repairs::Of(repaired) }
    }

    /// That of a release of a fork, which is based on a release of the original.
    #[must_use]
    pub fn of_release(release: &Release, base: Version) -> Self {
        if release.is_original() {
            return Self::of_version(base);
        }
        let (of, original) = (release.to_string(), Self::of_version(base));
        match Fork::of(release) {
            Some(fork) => {
                let own = fork.nginx.iter().find(|(since, _)| *since <= release.version).map(|(_, nginx)| *nginx);
                Self { of, nginx: own.unwrap_or(original.nginx), repairs: fork.repairs }
            }
            // Other images are those of the original, or hold what nobody has told.
            None => Self { of, repairs: Repairs::Unknown, ..original },
        }
    }

    /// That of an image that is known; none: nobody has told what is in it.
    #[must_use]
    pub fn known_of(release: &Release) -> Option<Self> {
        let is_of_original = release.is_original() || release.counts_as_the_original();
        let base = Fork::of(release).and_then(|fork| match fork.counts {
            Counts::BasedOn(base) => Some(base),
            Counts::AsOriginal => None,
        });
        let base = base.or_else(|| (is_of_original && release.version >= FIRST).then_some(release.version))?;
        Some(Self::of_release(release, base))
    }

    /// Whether somebody named it.
    #[must_use]
    pub fn is_said(&self) -> bool {
        self.of == SAID
    }

    /// One that somebody names.
    #[must_use]
    pub fn named(nginx: Nginx) -> Self {
        Self { of: SAID.to_owned(), nginx, repairs: Repairs::Of(&[]) }
    }

    /// Whether a fault was put right in it beside what its version has.
    #[must_use]
    pub fn has_repaired(&self, ids: &[&str]) -> bool {
        matches!(self.repairs, Repairs::Of(repaired) if ids.iter().any(|id| repaired.contains(id)))
    }
}

impl fmt::Display for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = self.nginx;
        match self.repairs {
            Repairs::Of(_) => write!(f, "{} has nginx {major}.{minor}.{patch} inside", self.of),
            Repairs::Unknown => write!(f, "{} has nginx {major}.{minor} inside, as far as is known", self.of),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_release_has_the_nginx_of_its_image() {
        for ((major, minor, patch), nginx, repaired) in [
            ((1, 9, 6), (1, 21, 6), false),
            ((1, 10, 1), (1, 25, 3), false),
            ((1, 10, 6), (1, 25, 5), false),
            ((1, 11, 7), (1, 25, 5), false),
            ((1, 11, 8), (1, 25, 5), true),
            ((1, 12, 3), (1, 25, 5), false),
            ((1, 12, 4), (1, 25, 5), true),
            ((1, 15, 1), (1, 27, 1), true),
        ] {
            let inside = Inside::of_version(Version::new(major, minor, patch));
            assert_eq!((inside.nginx, inside.has_repaired(&["CVE-2025-23419"])), (nginx, repaired), "{major}.{minor}.{patch}");
        }
    }

    #[test]
    fn forks_are_known_by_name_and_by_image() {
        for (image, name, nginx, repairs) in [
            ("rancher/nginx-ingress-controller:v1.12.4-hardened6", "rke2", (1, 25, 5), Repairs::Unknown),
            ("cgr.dev/chainguard/ingress-nginx-controller:1.15.1", "chainguard", (1, 27, 1), Repairs::Unknown),
            ("ghcr.io/forkline/ingress-nginx/controller:v2026.7.20", "forkline", (1, 31, 0), Repairs::Unknown),
            ("ghcr.io/forkline/ingress-nginx/controller:v2026.5.3", "forkline", (1, 27, 1), Repairs::Unknown),
        ] {
            let release = Release::from_image(image).expect("it has a version");
            assert_eq!(Fork::of(&release).map(|fork| fork.name), Some(name), "{image} {release:?}");
            let base = if release.version.major > 1 { Version::new(1, 15, 1) } else { release.version };
            let inside = Inside::of_release(&release, base);
            assert_eq!((inside.nginx, inside.repairs), (nginx, repairs), "{image}");
        }
    }
}
