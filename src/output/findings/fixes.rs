//! Fixes of findings, applied to the texts that they are about: every byte outside of a fix stays as it is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use hashbrown::HashMap;

use crate::diagnostic::{Diagnostic, Fix, ObjectRef};
use crate::output::untrusted::one_line;
use crate::source::{FileId, SourceMap};

/// A range of a text, and what takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes of the old text.
    pub range: Range<usize>,
    /// The new text.
    pub text: String,
}

/// What becomes of the texts.
#[derive(Debug, Default)]
pub struct Plan<'a> {
    /// The edits of each file that changes: in the order of the text, and none overlap.
    pub edits: BTreeMap<FileId, Vec<Edit>>,
    /// How many findings this puts right.
    pub fixed: usize,
    /// Findings with a fix that is not made, and why.
    pub skipped: Vec<(&'a Diagnostic, &'static str)>,
}

/// Decides which of the fixes are made. Of two that overlap, the first in the text is.
#[must_use]
pub fn plan<'a>(findings: &'a [Diagnostic], sources: &SourceMap) -> Plan<'a> {
    let mut fixes: Vec<(&Fix, &Diagnostic)> = findings.iter().filter_map(|finding| Some((finding.fix.as_ref()?, finding))).collect();
    fixes.sort_by(|(a, _), (b, _)| (a.span, &a.text).cmp(&(b.span, &b.text)));
    let twins = names_made_twice(&fixes);
    let mut plan = Plan::default();
    for (fix, finding) in fixes {
        let edits = plan.edits.entry(fix.span.file).or_default();
        let edit = Edit { range: fix.span.range(), text: fix.text.clone() };
        // One text can stand for several objects, as an anchor of YAML does: what is fixed once is fixed for all of them.
        let is_made = edits.last() == Some(&edit);
        match refusal(fix, finding, sources, &twins, edits.last()) {
            _ if is_made => plan.fixed += 1,
            Some(reason) => plan.skipped.push((finding, reason)),
            None => {
                edits.push(edit);
                plan.fixed += 1;
            }
        }
    }
    plan.edits.retain(|_, edits| !edits.is_empty());
    plan
}

/// An object, and the name that something in it gets.
type Name<'a> = (&'a ObjectRef, &'a str);

/// How many different places of an object would get the same name; of more than one, all but the last would be lost.
fn names_made_twice<'a>(fixes: &[(&'a Fix, &'a Diagnostic)]) -> HashMap<Name<'a>, usize> {
    let mut counts: HashMap<Name, usize> = HashMap::new();
    let mut last = None;
    for (fix, finding) in fixes {
        let Some(name) = name(fix, finding) else { continue };
        if last != Some((fix.span, name)) {
            *counts.entry(name).or_default() += 1;
        }
        last = Some((fix.span, name));
    }
    counts
}

fn name<'a>(fix: &'a Fix, finding: &'a Diagnostic) -> Option<Name<'a>> {
    Some((finding.object.as_ref()?, fix.text.trim_matches(['"', '\''])))
}

/// Why a fix is not made.
fn refusal(
    fix: &Fix,
    finding: &Diagnostic,
    sources: &SourceMap,
    twins: &HashMap<Name, usize>,
    before: Option<&Edit>,
) -> Option<&'static str> {
    let text = &sources.file(fix.span.file).text;
    if text.get(fix.span.range()).is_none() {
        return Some("it is about a part of the file that cannot be cut out");
    }
    if sources.is_hidden(fix.span) {
        return Some("it is in a document that holds secrets");
    }
    if name(fix, finding).and_then(|name| twins.get(&name)).is_some_and(|places| *places > 1) {
        return Some("another one of this object would get the same name");
    }
    before.is_some_and(|before| before.range.end > fix.span.range().start).then_some("it overlaps with another fix")
}

/// The text with the edits made; these are in the order of the text and do not overlap, as in a [`Plan`].
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut fixed = text.to_owned();
    // From the back, so that the ranges before stay true.
    for edit in edits.iter().rev() {
        fixed.replace_range(edit.range.clone(), &edit.text);
    }
    fixed
}

/// What was done, or would be, and what was not and why: nothing where there is nothing to fix.
#[must_use]
pub fn summary(plan: &Plan, findings: usize, is_dry_run: bool, sources: &SourceMap) -> String {
    let mut out = String::new();
    for (finding, reason) in &plan.skipped {
        let place = finding.fix.as_ref().map(|fix| {
            let file = sources.file(fix.span.file);
            let position = file.position(fix.span.range().start);
            format!("{}:{}:{}", one_line(&file.name), position.line, position.column)
        });
        // Writing into a String cannot fail.
        let _ = writeln!(out, "{}: {} is not fixed: {reason}", place.unwrap_or_default(), finding.rule);
    }
    if plan.fixed + plan.skipped.len() > 0 {
        let verb = if is_dry_run { "would fix" } else { "fixed" };
        let _ = writeln!(out, "{verb} {} of {findings}", plan.fixed);
    }
    out
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::source::Span;

    fn finding(range: Range<usize>, text: &str) -> Diagnostic {
        Diagnostic::warning("rule", "text").fix(Span::new(FileId(0), range), text)
    }

    fn on(finding: Diagnostic, name: &str) -> Diagnostic {
        finding.object(ObjectRef { kind: "Ingress".into(), namespace: "shop".into(), name: name.into() })
    }

    /// The fixed text, how many findings were fixed, and why others were not.
    fn fixed(text: &str, findings: &[Diagnostic]) -> (String, usize, Vec<&'static str>) {
        let mut sources = SourceMap::default();
        let file = sources.add("in.yaml", text);
        let plan = plan(findings, &sources);
        let edits = plan.edits.get(&file).map(Vec::as_slice).unwrap_or_default();
        (apply(text, edits), plan.fixed, plan.skipped.iter().map(|(_, reason)| *reason).collect())
    }

    #[test]
    fn several_fixes_change_their_places_only() {
        let shown = fixed("a: 1 # ä\r\nb: 2\n", &[finding(11..12, "long"), finding(0..1, "x")]);
        assert_eq!(shown, ("x: 1 # ä\r\nlong: 2\n".into(), 2, vec![]));
        assert_eq!(fixed("a", &[Diagnostic::error("rule", "text")]), ("a".into(), 0, vec![]));
        assert_eq!(fixed("ab", &[finding(1..1, "-"), finding(2..2, "!")]).0, "a-b!");
    }

    #[test]
    fn of_overlapping_fixes_the_first_is_made() {
        let shown = fixed("abcdef", &[finding(2..5, "2"), finding(0..3, "1"), finding(5..6, "3")]);
        assert_eq!(shown, ("1de3".into(), 2, vec!["it overlaps with another fix"]));
    }

    #[test]
    fn one_text_that_stands_for_several_objects_is_fixed_once() {
        let findings = [on(finding(0..1, "x"), "one"), on(finding(0..1, "x"), "two")];
        assert_eq!(fixed("ab", &findings), ("xb".into(), 2, vec![]));
    }

    #[test]
    fn two_names_never_become_one() {
        let reason = "another one of this object would get the same name";
        let findings = [on(finding(0..1, "x"), "one"), on(finding(1..2, "\"x\""), "one"), on(finding(2..3, "x"), "two")];
        assert_eq!(fixed("abc", &findings), ("abx".into(), 1, vec![reason, reason]));
    }

    #[test]
    fn what_cannot_be_cut_or_must_stay_hidden_stays() {
        assert_eq!(fixed("ä", &[finding(1..2, "x")]).0, "ä");
        assert_eq!(fixed("a", &[finding(5..9, "x")]).0, "a");
        let mut sources = SourceMap::default();
        let file = sources.add("in.yaml", "secret");
        sources.hide(Span::new(file, 0..6));
        assert!(plan(&[finding(0..1, "x")], &sources).edits.is_empty());
    }

    #[test]
    fn the_summary_says_what_is_left_and_why() {
        let mut sources = SourceMap::default();
        sources.add("in.yaml", "abc\ndef");
        let findings = [finding(0..3, "x"), finding(2..5, "y")];
        let plan = plan(&findings, &sources);
        assert_eq!(summary(&plan, 7, false, &sources), "in.yaml:1:3: rule is not fixed: it overlaps with another fix\nfixed 1 of 7\n");
        assert!(summary(&plan, 7, true, &sources).ends_with("would fix 1 of 7\n"));
        assert_eq!(summary(&Plan::default(), 7, false, &sources), "");
    }
}
