//! Choices about the output that no manifest makes.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::haproxy::HaproxyOptions;

/// Choices for all targets; each reads its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// For the target `nginx`.
    pub nginx: NginxOptions,
    /// For the target `haproxy`.
    pub haproxy: HaproxyOptions,
}

impl Options {
    /// The same choices, but for one file: for those who judge the whole configuration.
    #[must_use]
    pub fn in_one_file(mut self) -> Self {
        self.nginx.splits_hosts = false;
        self
    }
}

/// Choices for the target `nginx`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NginxOptions {
    /// The nginx that reads the configuration.
    pub version: NginxVersion,
    /// Modules beyond those that every nginx has.
    pub modules: BTreeSet<Module>,
    /// Folder for logs, the process number and temporary files; none: those that nginx was built with.
    pub state: Option<String>,
    /// Put each host into a file of its own.
    pub splits_hosts: bool,
}

/// A release of nginx.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NginxVersion {
    /// The first number.
    pub major: u16,
    /// The second number: even for stable releases.
    pub minor: u16,
    /// The third number.
    pub patch: u16,
}

impl NginxVersion {
    /// The release of three numbers.
    #[must_use]
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// HTTP/2 is switched on by a directive of its own; the parameter of `listen` is deprecated.
    #[must_use]
    pub fn has_http2_directive(self) -> bool {
        self >= Self::new(1, 25, 1)
    }

    /// What `Link` headers name can be pushed.
    #[must_use]
    pub fn has_push(self) -> bool {
        self < Self::new(1, 25, 1)
    }
}

impl Default for NginxVersion {
    /// The one of Debian 12.
    fn default() -> Self {
        Self::new(1, 22, 1)
    }
}

impl FromStr for NginxVersion {
    type Err = &'static str;

    /// Reads `1.22` or `1.22.1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.split('.').map(str::parse);
        match (numbers.next(), numbers.next(), numbers.next().unwrap_or(Ok(0)), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor)), Ok(patch), None) => Ok(Self::new(major, minor, patch)),
            _ => Err("a version of nginx is written as `1.22.1`"),
        }
    }
}

impl fmt::Display for NginxVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// A module of nginx that has to be installed and loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Module {
    /// Leaves out the header `Server`, which nginx itself cannot.
    HeadersMore,
}

impl Module {
    /// All modules.
    pub const ALL: &[Self] = &[Self::HeadersMore];

    /// The name in settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HeadersMore => "headers-more",
        }
    }

    /// The module of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|module| module.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_two_or_three_numbers() {
        for (text, expected) in [
            ("1.22", Ok(NginxVersion::new(1, 22, 0))),
            ("1.29.3", Ok(NginxVersion::new(1, 29, 3))),
            ("1", Err(())),
            ("1.2.3.4", Err(())),
            ("1.x", Err(())),
            ("", Err(())),
        ] {
            assert_eq!(text.parse::<NginxVersion>().map_err(|_| ()), expected, "{text}");
        }
    }
}
