//! Patterns of the settings file: for paths as in `.gitignore`, and for names.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Deserialize;

use crate::lint::rule::Rule;
use crate::lint::rules::RULES;

/// A pattern for the paths of files and folders: without a slash it fits a name at any depth, with one it begins at the folder of the
/// settings file. What lies in a folder that fits, fits as well.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct PathPattern(String);

impl TryFrom<String> for PathPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let pattern = Self(text);
        matcher([&pattern]).map_err(|error| format!("this is no pattern for files: {error}"))?;
        Ok(pattern)
    }
}

fn matcher<'a>(patterns: impl IntoIterator<Item = &'a PathPattern>) -> Result<Gitignore, ignore::Error> {
    let mut builder = GitignoreBuilder::new("");
    for PathPattern(text) in patterns {
        builder.add_line(None, text)?;
    }
    builder.build()
}

/// Patterns for paths below a folder.
#[derive(Debug, Clone)]
pub(super) struct PathPatterns {
    root: PathBuf,
    matcher: Gitignore,
}

impl PathPatterns {
    /// Those of a settings file that lies in `root`.
    pub(super) fn new<'a>(root: &Path, patterns: impl IntoIterator<Item = &'a PathPattern>) -> Self {
        // Each of them was tried when it was read.
        Self { root: root.to_owned(), matcher: matcher(patterns).unwrap_or_else(|_| Gitignore::empty()) }
    }

    /// Whether one fits a path without links by itself. Of what is not below the folder, the name alone counts.
    pub(super) fn fit(&self, path: &Path, is_folder: bool) -> bool {
        self.inside(path).is_some_and(|inside| self.matcher.matched(inside, is_folder).is_ignore())
    }

    /// Whether one fits the path of a file, or a folder that it is in.
    pub(super) fn fit_around(&self, path: &Path) -> bool {
        self.inside(path).is_some_and(|inside| self.matcher.matched_path_or_any_parents(inside, false).is_ignore())
    }

    fn inside<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        path.strip_prefix(&self.root).ok().or_else(|| path.file_name().map(Path::new))
    }
}

/// A pattern for a name: `*` is any text, `?` any character. A text fits itself, whatever is in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
pub(super) struct NamePattern {
    text: String,
    matcher: Option<GlobMatcher>,
}

impl From<String> for NamePattern {
    fn from(text: String) -> Self {
        let is_pattern = text.contains(['*', '?', '[', '{']);
        let glob = is_pattern.then(|| GlobBuilder::new(&text).literal_separator(false).build().ok()).flatten();
        let matcher = glob.map(|glob| glob.compile_matcher());
        Self { text, matcher }
    }
}

impl NamePattern {
    /// The pattern as it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it fits a name.
    pub(super) fn fits(&self, name: &str) -> bool {
        self.text == name || self.matcher.as_ref().is_some_and(|matcher| matcher.is_match(name))
    }

    /// The rules that it fits.
    pub(super) fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        RULES.iter().copied().filter(|rule| self.fits(rule.name))
    }

    /// Whether it names one thing alone.
    pub(super) fn is_plain(&self) -> bool {
        self.matcher.is_none()
    }
}

/// Patterns of which those that fit a name are found together.
#[derive(Debug, Default)]
pub(super) struct NamePatterns {
    set: GlobSet,
    /// The place of each in the list.
    places: Vec<usize>,
}

impl NamePatterns {
    /// Those of a list that are patterns.
    pub(super) fn of<'p>(all: impl Iterator<Item = Option<&'p NamePattern>>) -> Self {
        let (mut set, mut places) = (GlobSetBuilder::new(), Vec::new());
        for (at, matcher) in all.enumerate().filter_map(|(at, pattern)| Some((at, pattern?.matcher.as_ref()?))) {
            set.add(matcher.glob().clone());
            places.push(at);
        }
        // Each was compiled when it was read.
        Self { set: set.build().unwrap_or_default(), places }
    }

    /// The places of those that fit a name.
    pub(super) fn fitting(&self, name: &str) -> Vec<usize> {
        self.set.matches(name).into_iter().map(|at| self.places[at]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_fit_as_in_gitignore() {
        for (pattern, path, expected) in [
            ("vendor", "/r/vendor/a.yaml", true),
            ("vendor", "/r/a/vendor/b/c.yaml", true),
            ("/vendor", "/r/a/vendor/c.yaml", false),
            ("a/*.yaml", "/r/a/b.yaml", true),
            ("a/*.yaml", "/r/a/c/b.yaml", false),
            ("a/**", "/r/a/c/b.yaml", true),
            ("*.gen.yaml", "/r/x/b.gen.yaml", true),
            ("*.gen.yaml", "/elsewhere/b.gen.yaml", true),
            ("a/*.yaml", "/elsewhere/a/b.yaml", false),
        ] {
            let pattern = PathPattern::try_from(String::from(pattern)).expect("it is a pattern");
            assert_eq!(PathPatterns::new(Path::new("/r"), [&pattern]).fit_around(Path::new(path)), expected, "{pattern:?} {path}");
        }
        assert!(PathPattern::try_from(String::from("{a")).is_err());
        assert!(!PathPatterns::new(Path::new("/r"), []).fit_around(Path::new("/r/a.yaml")));
    }

    #[test]
    fn names_fit_themselves_and_patterns() {
        for (pattern, name, expected) in [
            ("web", "web", true),
            ("web", "web-2", false),
            ("web-*", "web-2", true),
            ("nginx.ingress.kubernetes.io/proxy-*", "nginx.ingress.kubernetes.io/proxy-body-size", true),
            ("*", "a/b", true),
            ("", "", true),
            ("/a[", "/a[", true),
            ("*.shop.example/", "*.shop.example/", true),
            ("/(api|v[0-9])", "/(api|v[0-9])", true),
        ] {
            assert_eq!(NamePattern::from(String::from(pattern)).fits(name), expected, "{pattern} {name}");
        }
    }
}
