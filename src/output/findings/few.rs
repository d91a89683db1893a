//! How many findings people are shown: a thousand of one kind say no more than the first of them.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceMap};

use crate::output::untrusted::one_line;

/// Findings of one rule in one file that are shown with their lines. Formats for machines hold all of them.
pub const MOST: usize = 1_000;

/// Findings to be shown, and what is said of those that are not.
#[derive(Debug)]
pub struct Few<'a> {
    /// Those with their lines, in their order.
    pub shown: Vec<&'a Diagnostic>,
    more: BTreeMap<(Option<FileId>, &'static str), usize>,
}

impl<'a> Few<'a> {
    /// Leaves out what goes beyond the limit.
    #[must_use]
    pub fn of(findings: impl Iterator<Item = &'a Diagnostic>) -> Self {
        let mut counts = BTreeMap::new();
        let is_shown = |finding: &&Diagnostic| {
            let count = counts.entry((finding.span.map(|span| span.file), finding.rule)).or_insert(0_usize);
            *count += 1;
            *count <= MOST
        };
        let shown = findings.filter(is_shown).collect();
        let more = counts.into_iter().filter_map(|(kind, count)| Some((kind, count.checked_sub(MOST).filter(|more| *more > 0)?)));
        Self { shown, more: more.collect() }
    }

    /// A line for each rule and file of which some are not shown, and an empty one behind them.
    #[must_use]
    pub fn rest(&self, sources: &SourceMap) -> String {
        let place = |file: Option<FileId>| file.map_or_else(String::new, |file| format!(" in {}", one_line(&sources.file(file).name)));
        let line = |(&(file, rule), more): (&(Option<FileId>, &str), &usize)| format!("and {more} more of `{rule}`{}\n", place(file));
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
}
