//! How many findings people are shown: a thousand of one kind say no more than the first of them.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceMap};

use crate::output::untrusted::one_line;

/// Findings of one rule in one file that are shown with their lines. Formats for machines hold all of them.
pub const MOST: usize = 1_000;

/// Findings that say that Ingresses share one path, of those that are shown: a folder of examples has dozens of one host.
const MOST_OF_PATH: usize = 3;

/// What findings have in common of which not all are shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Kind<'a> {
    /// One rule in one file.
    Rule(&'static str, Option<FileId>),
    /// One path that several Ingresses declare.
    Path(&'static str, &'a str),
}

impl<'a> Kind<'a> {
    /// The kinds of a finding, and how many of each are shown.
    fn of(finding: &'a Diagnostic) -> impl Iterator<Item = (Self, usize)> {
        let path = finding.subject.as_deref().filter(|_| finding.rule == "overridden-path");
        let path = path.map(|path| (Self::Path(finding.rule, path), MOST_OF_PATH));
        path.into_iter().chain([(Self::Rule(finding.rule, finding.span.map(|span| span.file)), MOST)])
    }
}

/// Findings to be shown, and what is said of those that are not.
#[derive(Debug)]
pub struct Few<'a> {
    /// Those with their lines, in their order.
    pub shown: Vec<&'a Diagnostic>,
    more: BTreeMap<Kind<'a>, usize>,
}

impl<'a> Few<'a> {
    /// Leaves out what goes beyond the limits.
    #[must_use]
    pub fn of(findings: impl Iterator<Item = &'a Diagnostic>) -> Self {
        let (mut counts, mut more) = (BTreeMap::new(), BTreeMap::new());
        let mut is_beyond = |(kind, most): (Kind<'a>, usize)| {
            let count = counts.entry(kind).or_insert(0_usize);
            *count += 1;
            *count > most
        };
        let mut shown = Vec::new();
        for finding in findings {
            match Kind::of(finding).find(|(kind, most)| is_beyond((kind.clone(), *most))) {
                Some((kind, _)) => *more.entry(kind).or_insert(0) += 1,
                None => shown.push(finding),
            }
        }
        Self { shown, more }
    }

    /// A line for each kind of which some are not shown, and an empty one behind them.
    #[must_use]
    pub fn rest(&self, sources: &SourceMap) -> String {
        let line = |(kind, more): (&Kind, &usize)| match kind {
            Kind::Rule(rule, None) => format!("and {more} more of `{rule}`\n"),
            Kind::Rule(rule, Some(file)) => format!("and {more} more of `{rule}` in {}\n", one_line(&sources.file(*file).name)),
            Kind::Path(rule, path) => format!("and {more} more of `{rule}` for `{}`\n", one_line(path)),
        };
        let mut text: String = self.more.iter().map(line).collect();
        if !text.is_empty() {
            text.push_str("`ingressc check --format json` lists them all\n\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn what_goes_beyond_the_limit_is_counted_by_rule_and_file() {
        let mut sources = SourceMap::default();
        let (a, b) = (sources.add("a.yaml", "x"), sources.add("b.yaml", "x"));
        let finding = |rule, file| Diagnostic::error(rule, "text").at(Span::new(file, 0..1));
        let mut all = vec![finding("odd", a); MOST + 7];
        all.extend([finding("odd", b), finding("even", a)]);
        let few = Few::of(all.iter());
        assert_eq!(few.shown.len(), MOST + 2);
        assert_eq!(few.rest(&sources), "and 7 more of `odd` in a.yaml\n`ingressc check --format json` lists them all\n\n");
        assert_eq!(Few::of(all[7..].iter()).rest(&sources), "");
    }

    #[test]
    fn of_a_path_that_many_ingresses_declare_a_few_are_shown() {
        let mut sources = SourceMap::default();
        let files: Vec<FileId> = (0..9).map(|number| sources.add(format!("{number}.yaml"), "x")).collect();
        let finding = |file: &FileId, path| Diagnostic::error("overridden-path", "text").at(Span::new(*file, 0..1)).subject(path);
        let all: Vec<Diagnostic> = files.iter().map(|file| finding(file, "a.example/")).chain([finding(&files[0], "b.example/")]).collect();
        let few = Few::of(all.iter());
        assert_eq!(few.shown.len(), MOST_OF_PATH + 1);
        assert!(few.rest(&sources).starts_with("and 6 more of `overridden-path` for `a.example/`\n"), "{}", few.rest(&sources));
    }
}
