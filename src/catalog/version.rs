//! Releases of the controller.

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
}

/// The last release of ingress-nginx.
pub const LATEST: Version = Version::new(1, 15, 1);

impl Default for Version {
    fn default() -> Self {
        LATEST
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Why a text is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version like `1.15.1`")]
pub struct VersionError(String);

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || VersionError(text.to_owned());
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.').map(str::parse);
        let mut part = || parts.next().ok_or_else(error)?.map_err(|_| error());
        let version = Self { major: part()?, minor: part()?, patch: part()? };
        if parts.next().is_some() { Err(error()) } else { Ok(version) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_three_numbers() {
        assert_eq!("1.12.8".parse(), Ok(Version::new(1, 12, 8)));
        assert_eq!("v1.9.6".parse(), Ok(Version::new(1, 9, 6)));
        for bad in ["", "1", "1.2", "1.2.3.4", "1.x.3", "1.2.99999999"] {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
        assert!(Version::new(1, 9, 6) < Version::new(1, 10, 0));
    }
}
