//! A controller by name and version, as people, tags and images name it.

use std::fmt;
use std::str::FromStr;

use super::releases::{LATEST, NEWEST};
use super::version::{Version, VersionError, number};

/// A controller by name and version. Forks carry their own name, and often the version that they are based on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The name, as `ingress-nginx`.
    pub name: String,
    /// The version; that of a fork may be counted otherwise than those of the original.
    pub version: Version,
}

/// Distributions of ingress-nginx by the folders and the name of their image: their tags begin with its version.
const DISTRIBUTIONS: [&str; 10] = [
    "bitnami/nginx-ingress-controller",
    "bitnamilegacy/nginx-ingress-controller",
    "bitnamisecure/nginx-ingress-controller",
    "chainguard/ingress-nginx-controller",
    "giantswarm/ingress-nginx-controller",
    "herodevs/ingress-nginx-controller",
    "ingress/nginx-ingress-controller",
    "ironbank/ingress-nginx/controller",
    "rancher/nginx-ingress-controller",
    "rancher/hardened-ingress-nginx",
];
/// Forks whose images lie in a folder of the original's name, and whose releases are counted otherwise.
const NAMESAKES: [&str; 1] = ["forkline/ingress-nginx/controller"];
/// The same by what people call them.
const DISTRIBUTORS: [&str; 8] = ["aks", "bitnami", "chainguard", "deckhouse", "giantswarm", "herodevs", "rancher", "rke2"];
/// Controllers that are easily taken for it, by their images.
const OTHERS: [&str; 7] = [
    "haproxytech/kubernetes-ingress",
    "jcmoraisjr/haproxy-ingress",
    "kong/kubernetes-ingress-controller",
    "nginx/nginx-ingress",
    "nginx/nginx-plus-ingress",
    "nginxinc/nginx-ingress",
    "traefik",
];

/// The name of the original.
const ORIGINAL: &str = "ingress-nginx";

impl Release {
    /// The one that a version of ingress-nginx itself is.
    #[must_use]
    pub fn original(version: Version) -> Self {
        Self { name: ORIGINAL.to_owned(), version }
    }

    /// Whether it is ingress-nginx itself and no fork.
    #[must_use]
    pub fn is_original(&self) -> bool {
        self.name == ORIGINAL
    }

    /// Whether the version is known to be that of ingress-nginx; for any other fork it is a guess.
    #[must_use]
    pub fn counts_as_the_original(&self) -> bool {
        let repository = self.name.trim_end_matches("-chroot");
        self.is_original() || DISTRIBUTORS.contains(&repository) || DISTRIBUTIONS.iter().any(|known| is_image(repository, known))
    }

    /// The release that an image holds, judged by its name and tag: `registry/ingress-nginx/controller:v1.12.1@sha256:…`.
    ///
    /// # Errors
    /// The tag is missing, or is not a version.
    pub fn from_image(image: &str) -> Result<Self, VersionError> {
        let (image, _digest) = image.split_once('@').unwrap_or((image, ""));
        let folder = image.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match image[folder..].rfind(':') {
            Some(colon) => (&image[..folder + colon], &image[folder + colon + 1..]),
            None => return Err(VersionError::NoTag(image.to_owned())),
        };
        let name = match repository[folder..].trim_end_matches("-chroot") {
            _ if NAMESAKES.iter().any(|known| is_image(repository.trim_end_matches("-chroot"), known)) => repository,
            "controller" | "nginx-ingress-controller" if is_original(repository) => ORIGINAL,
            _ if DISTRIBUTIONS.iter().any(|known| is_image(repository, known)) => repository,
            _ => &repository[folder..],
        };
        Ok(Self { name: name.to_owned(), version: base_version(tag)? })
    }
}

/// The project's own images lie in a folder of its name; the image of that name under another folder is a fork's.
fn is_original(repository: &str) -> bool {
    repository.rsplit('/').nth(1).is_some_and(|folder| folder == ORIGINAL || folder == "kubernetes-ingress-controller")
}

/// Whether the last folders and the name of an image are these.
pub(super) fn is_image(repository: &str, known: &str) -> bool {
    repository.strip_suffix(known).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// The version at the beginning of a tag: forks append what they like, as in `v1.12.1-hardened2`. Without the last number it is the
/// last release of its line.
fn base_version(text: &str) -> Result<Version, VersionError> {
    let tag = ["controller-", "nginx-"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let base = tag.find(['-', '+', '_']).map_or(tag, |end| &tag[..end]);
    let of_line = || {
        let (major, minor) = base.strip_prefix('v').unwrap_or(base).split_once('.')?;
        let line = (number(major)?, number(minor)?);
        NEWEST.into_iter().find(|version| (version.major, version.minor) == line)
    };
    base.parse().ok().or_else(of_line).ok_or_else(|| VersionError::NoVersion(text.to_owned()))
}

impl Default for Release {
    fn default() -> Self {
        Self::original(LATEST)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.version)
    }
}

impl FromStr for Release {
    type Err = VersionError;

    /// Reads `ingress-nginx:1.15.1`, `1.15.1`, `1.15`, `fork:1.12.1-r3`, or an image with or without a digest.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (tagged, digest) = text.split_once('@').unwrap_or((text, ""));
        let (name, version) = tagged.rsplit_once(':').unwrap_or((ORIGINAL, tagged));
        if name.is_empty() {
            return Err(VersionError::NoVersion(text.to_owned()));
        }
        if OTHERS.iter().any(|other| is_image(name, other)) {
            return Err(VersionError::Other(name.to_owned()));
        }
        if name.contains('/') || !digest.is_empty() {
            let image = Self::from_image(tagged)?;
            if image.is_original() {
                return Ok(image);
            }
        }
        Ok(Self { name: name.to_owned(), version: base_version(version)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_have_a_name_and_a_base_version() {
        let good = [
            ("ingress-nginx:1.11.8", "ingress-nginx", (1, 11, 8)),
            ("1.14.5", "ingress-nginx", (1, 14, 5)),
            ("v1.14.5", "ingress-nginx", (1, 14, 5)),
            ("controller-v1.14.5", "ingress-nginx", (1, 14, 5)),
            ("1.14", "ingress-nginx", (1, 14, 5)),
            ("v1.9", "ingress-nginx", (1, 9, 6)),
            ("registry.k8s.io/ingress-nginx/controller:v1.12.1@sha256:0123abcd", "ingress-nginx", (1, 12, 1)),
            ("localhost:5000/ingress-nginx/controller:v1.12", "ingress-nginx", (1, 12, 8)),
            ("docker.io/rancher/nginx-ingress-controller:v1.12.1-hardened7", "docker.io/rancher/nginx-ingress-controller", (1, 12, 1)),
            ("rancher/nginx-ingress-controller:nginx-1.9.6-rancher1", "rancher/nginx-ingress-controller", (1, 9, 6)),
            ("rke2:1.12.1-hardened7", "rke2", (1, 12, 1)),
            ("acme-ingress:1.13.2-r7", "acme-ingress", (1, 13, 2)),
            ("acme/ingress:v1.13.2+build.9", "acme/ingress", (1, 13, 2)),
        ];
        for (text, name, (major, minor, patch)) in good {
            let release = Release { name: name.into(), version: Version::new(major, minor, patch) };
            assert_eq!(text.parse(), Ok(release), "{text}");
        }
        for bad in ["", ":1.15.1", "ingress-nginx", "ingress-nginx:", "ingress-nginx:latest", "ingress-nginx:1.99", "1", "1.2.3.4"] {
            assert!(bad.parse::<Release>().is_err(), "{bad}");
        }
        assert_eq!(Release::default().to_string().parse(), Ok(Release::default()));
    }

    #[test]
    fn what_is_no_release_is_told_apart() {
        for (text, part) in [
            ("nginx/nginx-ingress:3.4.0", "is another controller"),
            ("docker.io/library/traefik:v3.1", "is another controller"),
            ("registry.k8s.io/ingress-nginx/controller@sha256:01", "write its tag"),
            ("ingress-nginx:latest", "is not a version"),
        ] {
            assert!(text.parse::<Release>().err().is_some_and(|error| error.to_string().contains(part)), "{text}");
        }
    }

    #[test]
    fn some_forks_count_as_the_original_does() {
        for (text, expected) in [
            ("1.14.5", true),
            ("rke2:1.12.1", true),
            ("docker.io/rancher/nginx-ingress-controller:v1.12.1-hardened7", true),
            ("acme:1.12.1", false),
            ("acme/mynginx-ingress-controller:1.12.1", false),
        ] {
            assert_eq!(text.parse().map(|release: Release| release.counts_as_the_original()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn images_name_their_release() {
        let good = [
            ("registry.example.com/ingress-nginx/controller:v1.12.1@sha256:0123abcd", "ingress-nginx:1.12.1"),
            ("localhost:5000/ingress-nginx/controller:v1.9.6", "ingress-nginx:1.9.6"),
            ("mirror.example.com/ingress-nginx/controller-chroot:v1.13.9", "ingress-nginx:1.13.9"),
            ("bitnami/nginx-ingress-controller:1.12.1-debian-12-r0", "bitnami/nginx-ingress-controller:1.12.1"),
            ("acme/nginx-ingress-controller:1.10.6-debian-12-r0", "nginx-ingress-controller:1.10.6"),
            ("edge:1.15.0", "edge:1.15.0"),
        ];
        for (image, release) in good {
            assert_eq!(Release::from_image(image).map(|release| release.to_string()), Ok(release.to_owned()), "{image}");
        }
        for bad in ["", "ingress-nginx/controller", "localhost:5000/controller", "controller@sha256:0123", "controller:stable"] {
            assert!(Release::from_image(bad).is_err(), "{bad}");
        }
    }
}
