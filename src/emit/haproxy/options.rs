//! Choices for the target `haproxy`.

use std::fmt;
use std::str::FromStr;

/// Choices for the target `haproxy`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HaproxyOptions {
    /// The HAProxy that reads the configuration.
    pub version: HaproxyVersion,
    /// Ask authentication services, copy requests and fetch error pages by Lua, in a file of its own.
    pub lua: bool,
}

/// A release of HAProxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HaproxyVersion {
    /// The first number.
    pub major: u16,
    /// The second number: even for stable releases.
    pub minor: u16,
}

impl HaproxyVersion {
    /// The oldest release that configurations are written for.
    pub const OLDEST: Self = Self::new(2, 6);

    /// The release of two numbers; which fixes it has is no matter.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// The bandwidth of responses can be limited.
    #[must_use]
    pub fn has_bandwidth_limits(self) -> bool {
        self >= Self::new(2, 7)
    }

    /// Requests can be tried again after the status 429.
    #[must_use]
    pub fn retries_on_429(self) -> bool {
        self >= Self::new(3, 1)
    }
}

impl Default for HaproxyVersion {
    /// The one of Debian 12.
    fn default() -> Self {
        Self::OLDEST
    }
}

impl FromStr for HaproxyVersion {
    type Err = &'static str;

    /// Reads `2.6` or `2.6.12`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.split('.').map(str::parse::<u16>);
        match (numbers.next(), numbers.next(), numbers.next().unwrap_or(Ok(0)), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor)), Ok(_), None) if Self::new(major, minor) >= Self::OLDEST => Ok(Self::new(major, minor)),
            (Some(Ok(_)), Some(Ok(_)), Ok(_), None) => Err("configurations are written for HAProxy 2.6 and later"),
            _ => Err("a version of HAProxy is written as `2.6`"),
        }
    }
}

impl fmt::Display for HaproxyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_haproxy_start_at_the_oldest_known() {
        for (text, expected) in [
            ("2.6", Ok(HaproxyVersion::new(2, 6))),
            ("2.6.12", Ok(HaproxyVersion::OLDEST)),
            ("3.0", Ok(HaproxyVersion::new(3, 0))),
            ("2.4", Err(())),
            ("3", Err(())),
            ("3.0.1.2", Err(())),
            ("x.y", Err(())),
        ] {
            assert_eq!(text.parse::<HaproxyVersion>().map_err(|_| ()), expected, "{text}");
        }
    }
}
