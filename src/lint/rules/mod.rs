//! All rules: the one table of their names, and a page for each.
//!
//! A page is a text file beside this one that people read as it is, and that tests read too:
//!
//! - the title: the name of the rule;
//! - the first paragraph: what is wrong, in one sentence;
//! - the other paragraphs: why it matters and what to do;
//! - under `## Fires`: manifests in which the rule finds something;
//! - under `## Quiet`: manifests in which it does not.
//!
//! Examples are checked with `ingressc check .`, or with the command line that one of their blocks says.

mod page;
mod table;

pub use page::{Block, Page};
pub use table::RULES;

use crate::diagnostic::Severity;

/// Names that differ by more are not meant.
const SIMILAR: f64 = 0.75;

/// A kind of finding.
#[derive(Debug)]
pub struct Rule {
    /// The name, kebab-case: what is wrong.
    pub name: &'static str,
    /// How bad it is where neither the finding knows better nor the settings say otherwise.
    pub severity: Severity,
    /// The page, as it is written.
    pub text: &'static str,
}

impl Rule {
    /// The page in its parts.
    #[must_use]
    pub fn page(&self) -> Page<'static> {
        Page::read(self.text)
    }
}

/// The rule of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.binary_search_by_key(&name, |rule| rule.name).ok().map(|at| &RULES[at])
}

/// The rule that was probably meant by a name that no rule has.
#[must_use]
pub fn similar(name: &str) -> Option<&'static str> {
    let scored = RULES.iter().map(|rule| (strsim::jaro_winkler(rule.name, name), rule.name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
    best.filter(|(score, _)| *score >= SIMILAR).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_complete() {
        for rule in RULES {
            let Page { title, summary, why, fires, quiet } = rule.page();
            let name = rule.name;
            assert_eq!(title, name);
            assert!(summary.ends_with('.') && !summary.contains('\n'), "{name}: {summary:?} is no sentence");
            assert!(why.ends_with('.'), "{name} does not say why");
            let has_reason = rule.text.contains("\n## No example\n");
            assert!(has_reason == (fires.is_empty() && quiet.is_empty()), "{name} has neither two examples nor a reason");
        }
    }

    #[test]
    fn rules_are_found_by_name() {
        for rule in RULES {
            assert!(find(rule.name).is_some_and(|found| std::ptr::eq(found, rule)), "{}", rule.name);
        }
        assert!(find("").is_none() && find("unknown").is_none());
    }

    #[test]
    fn a_misspelt_name_is_understood() {
        for (name, meant) in
            [("unknown-setings", Some("unknown-setting")), ("duplicate-objects", Some("duplicate-object")), ("zzz", None), ("", None)]
        {
            assert_eq!(similar(name), meant, "{name}");
        }
    }
}
