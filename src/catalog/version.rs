//! Versions of the controller.

use std::fmt;
use std::str::FromStr;

/// The version of a controller, as `1.15.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Major.
    pub major: u16,
    /// Minor.
    pub minor: u16,
    /// Patch.
    pub patch: u16,
}

impl Version {
    /// The version `major.minor.patch`.
    #[must_use]
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// Major, minor and patch.
    #[must_use]
    pub const fn parts(self) -> (u16, u16, u16) {
        (self.major, self.minor, self.patch)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Why a text does not name a release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// It holds no version.
    #[error("`{0}` is not a version like `1.15.1`")]
    NoVersion(String),
    /// It is an image by its digest alone.
    #[error("a digest alone does not tell the version of `{0}`: write its tag as well")]
    NoTag(String),
    /// It is another program.
    #[error("`{0}` is another controller and no fork of ingress-nginx")]
    Other(String),
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || VersionError::NoVersion(text.to_owned());
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.').map(number);
        let mut part = || parts.next().flatten().ok_or_else(error);
        let version = Self { major: part()?, minor: part()?, patch: part()? };
        if parts.next().is_some() { Err(error()) } else { Ok(version) }
    }
}

/// A number of a version.
pub(super) fn number(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_three_numbers() {
        assert_eq!("1.12.8".parse(), Ok(Version::new(1, 12, 8)));
        assert_eq!("v1.9.6".parse(), Ok(Version::new(1, 9, 6)));
        for bad in ["", "1", "1.2", "1.2.3.4", "1.x.3", "1.+2.3", "1.2.99999999"] {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
        assert!(Version::new(1, 9, 6) < Version::new(1, 10, 0));
    }
}
