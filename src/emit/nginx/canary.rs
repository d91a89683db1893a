//! Which requests go to the canary of an upstream: maps that ask one after the other, the last word first.

use super::super::dialect::regex_literal;
use super::cookies;
use super::lines::{Lines, Word};
use super::names;
use super::scope::Scope;
use super::upstreams::{Destination, Plan, Plans};
use crate::ir::{TrafficShare, Upstream};
use crate::nginx;

/// One question, in the order in which the maps are written; a later one is asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Share,
    Cookie,
    Header,
    KeptByCanary,
    KeptByOwn,
}

impl Step {
    /// Part of the name of its variable.
    fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Cookie => "by_cookie",
            Self::Header => "by_header",
            Self::KeptByCanary => "kept_by_canary",
            Self::KeptByOwn => "kept_by_own",
        }
    }
}

fn steps(upstream: &Upstream, canary: &Upstream) -> Vec<Step> {
    let share = &canary.share;
    let is_sticky = |upstream: &Upstream| upstream.affinity.kind == "cookie";
    let asked = [
        (Step::Share, share.weight > 0),
        (Step::Cookie, !share.cookie.is_empty()),
        (Step::Header, !share.header.is_empty() && names::is_header(&share.header)),
        (Step::KeptByCanary, is_sticky(canary)),
        (Step::KeptByOwn, is_sticky(upstream)),
    ];
    asked.into_iter().filter(|(_, is_asked)| *is_asked).map(|(step, _)| step).collect()
}

/// Whether a canary can get any request.
pub(super) fn is_taking(upstream: &Upstream, canary: &Upstream) -> bool {
    steps(upstream, canary).iter().any(|step| *step != Step::KeptByOwn)
}

/// Writes the maps that choose between an upstream and its canary.
pub(super) fn choice(plan: &Plan, plans: &Plans, scope: &mut Scope, lines: &mut Lines) {
    let (Some(canary), Destination::Choice(choice)) = (plan.canary, &plan.destination) else { return };
    let home = |plan: &Plan| match plan.home() {
        Destination::Group(name) | Destination::Choice(name) | Destination::Name(name) => name,
        Destination::Nowhere | Destination::NotFound => String::new(),
    };
    let (own, other) = (home(plan), plans.get(canary.name.as_str()).map_or_else(String::new, home));
    lines.gap();
    lines.comment(&format!("Requests for {} that go to {}.", names::shown(&plan.upstream.name), names::shown(&canary.name)));
    if !canary.share.header.is_empty() && !names::is_header(&canary.share.header) {
        scope.lost("canary-by-header", "no variable of nginx holds a header of this name");
    }
    let steps = steps(plan.upstream, canary);
    let mut next = Word::from(&own);
    for (at, step) in steps.iter().enumerate() {
        let is_last = at + 1 == steps.len();
        let variable = if is_last { choice.clone() } else { names::variable(step.name(), &plan.id) };
        let question = Question { share: &canary.share, own: &own, other: &other, variable: &variable, next };
        match step {
            Step::Share => question.by_share(lines),
            Step::Cookie => {
                let source = cookies::source(&canary.share.cookie, &format!("canary_{}", plan.id), lines);
                question.by_word(&source, lines);
            }
            Step::Header => question.by_header(lines),
            Step::KeptByCanary => {
                question.by_mark(&cookies::source(cookies::name(canary), &format!("kept_{}", plan.id), lines), canary, &other, lines)
            }
            Step::KeptByOwn => question.by_mark(
                &cookies::source(cookies::name(plan.upstream), &format!("own_{}", plan.id), lines),
                plan.upstream,
                &own,
                lines,
            ),
        }
        next = Word::from(variable);
    }
}

/// One map: who asks, what the answers are, and who is asked next.
struct Question<'a> {
    share: &'a TrafficShare,
    own: &'a str,
    other: &'a str,
    variable: &'a str,
    next: Word,
}

impl Question<'_> {
    fn by_share(self, lines: &mut Lines) {
        lines.block("split_clients", vec![Word::from("$request_id"), Word::from(self.variable)], |lines| match percent(self.share) {
            Some(percent) => {
                lines.entry(vec![Word::from(percent), Word::from(self.other)]);
                lines.entry(vec![Word::from("*"), Word::from(self.own)]);
            }
            None => lines.entry(vec![Word::from("*"), Word::from(self.other)]),
        });
    }

    /// The words `always` and `never`. A map takes no notice of case, but regular expressions do.
    fn by_word(self, source: &str, lines: &mut Lines) {
        lines.block("map", vec![Word::from(source), Word::from(self.variable)], |lines| {
            lines.entry(vec![Word::from("~^always$"), Word::from(self.other)]);
            lines.entry(vec![Word::from("~^never$"), Word::from(self.own)]);
            lines.entry(vec![Word::from("default"), self.next]);
        });
    }

    fn by_header(self, lines: &mut Lines) {
        let source = names::header_variable(&self.share.header);
        let pattern = match (self.share.header_value.as_str(), self.share.header_pattern.as_str()) {
            ("", "") => return self.by_word(&source, lines),
            // Quirk: a pattern that cannot be read fits nothing, and nobody else is asked.
            ("", pattern) if nginx::problem(pattern).is_some() => return self.by_presence(&source, lines),
            ("", pattern) => format!("~{pattern}"),
            (value, _) => format!("~^{}$", regex_literal(value)),
        };
        lines.block("map", vec![Word::from(source), Word::from(self.variable)], |lines| {
            // A pattern that fits the empty text would fit requests without the header.
            lines.entry(vec![Word::from(""), self.next.clone()]);
            lines.entry(vec![Word::from(pattern), Word::from(self.other)]);
            lines.entry(vec![Word::from("default"), self.next]);
        });
    }

    /// Requests with the header stay away from the canary.
    fn by_presence(self, source: &str, lines: &mut Lines) {
        lines.block("map", vec![Word::from(source), Word::from(self.variable)], |lines| {
            lines.entry(vec![Word::from(""), self.next]);
            lines.entry(vec![Word::from("default"), Word::from(self.own)]);
        });
    }

    /// Clients that were assigned to an upstream stay there.
    fn by_mark(self, source: &str, upstream: &Upstream, home: &str, lines: &mut Lines) {
        lines.block("map", vec![Word::from(source), Word::from(self.variable)], |lines| {
            lines.entry(vec![Word::from(format!("~\\|{}$", cookies::mark(upstream))), Word::from(home)]);
            lines.entry(vec![Word::from("default"), self.next]);
        });
    }
}

/// The share in percent with two decimals; none for all.
fn percent(share: &TrafficShare) -> Option<String> {
    // Quirk: a total below a hundred does not count.
    let total = share.total.max(100);
    if share.weight >= total {
        return None;
    }
    let hundredths = i128::from(share.weight) * 10_000 / i128::from(total);
    Some(format!("{}.{:02}%", hundredths / 100, hundredths % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percent() {
        let percent = |weight, total| percent(&TrafficShare { weight, total, ..TrafficShare::default() });
        assert_eq!(percent(30, 100).as_deref(), Some("30.00%"));
        assert_eq!(percent(1, 1000).as_deref(), Some("0.10%"));
        assert_eq!(percent(30, 10).as_deref(), Some("30.00%"));
        assert_eq!(percent(100, 100), None);
        assert_eq!(percent(i64::MAX, i64::MAX), None);
    }
}
