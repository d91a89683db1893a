//! The form of the configuration, which changed over the years although it meant the same.

/// A release: major, minor and patch.
pub type Release = (u16, u16, u16);

/// Which release's form the configuration has; what each brought is in the catalog. Without a word, it is the latest, whichever that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// The release of the proxy, whose image decides what its nginx knows.
    pub release: Release,
    /// The release whose words are taken where only the words differ, and what the proxy does does not.
    pub words: Release,
}

impl Form {
    /// The form of a release.
    #[must_use]
    pub fn of(release: Release) -> Self {
        Self { release, words: release }
    }

    /// The same in the words of another one.
    #[must_use]
    pub fn worded_as(self, other: Self) -> Self {
        Self { words: other.words, ..self }
    }
}

impl Default for Form {
    fn default() -> Self {
        Self::of((u16::MAX, 0, 0))
    }
}
