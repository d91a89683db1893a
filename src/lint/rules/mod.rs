//! All rules: those whose findings arise elsewhere have their page here, as a text file; the others lie with their code in
//! [`objects`](super::objects).

pub mod security;
mod table;

use std::sync::LazyLock;

use super::objects;
use super::rule::Rule;

/// Names that differ by more are not meant.
const SIMILAR: f64 = 0.75;

/// All rules, by name.
pub static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let mut rules: Vec<&Rule> = table::RULES.iter().chain(objects::rules()).collect();
    rules.sort_by_key(|rule| rule.name);
    rules
});

/// The rule of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.binary_search_by_key(&name, |rule| rule.name).ok().map(|at| RULES[at])
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
    use crate::lint::rule::Page;

    #[test]
    fn every_page_is_complete() {
        for rule in RULES.iter() {
            let Page { title, summary, why, examples } = rule.page();
            let name = rule.name;
            assert_eq!(title, name);
            assert!(summary.ends_with('.') && !summary.contains('\n'), "{name}: {summary:?} is no sentence");
            assert!(why.ends_with('.'), "{name} does not say why");
            let has_reason = rule.text.contains("\n## No example\n");
            let fires = |fires: bool| examples.iter().any(|example| example.fires == fires);
            assert!(has_reason != (fires(true) && fires(false)), "{name} has neither two examples nor a reason");
        }
    }

    #[test]
    fn names_are_kebab_case_and_each_is_there_once() {
        assert!(RULES.is_sorted_by(|a, b| a.name < b.name));
        for Rule { name, .. } in RULES.iter() {
            let is_word = |word: &str| {
                word.starts_with(|first: char| first.is_ascii_lowercase())
                    && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            };
            assert!(name.split('-').all(is_word), "{name}");
        }
    }

    #[test]
    fn rules_are_found_by_name() {
        for rule in RULES.iter() {
            assert!(find(rule.name).is_some_and(|found| std::ptr::eq(found, *rule)), "{}", rule.name);
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
