//! Which requests go to the canary of an upstream: maps that ask one after the other, the last word first.

use super::super::dialect::regex_literal;
use super::cookies;
use super::lines::{Lines, Word};
use super::names;
use super::plan::{Destination, Plan, Plans};
use crate::ir::{HeaderTest, Question, Side};
use crate::nginx;

/// Part of the name of the variable that holds the answer.
fn part(question: &Question) -> &'static str {
    match question {
        Question::Share { .. } => "share",
        Question::Cookie(_) => "by_cookie",
        Question::Header { .. } => "by_header",
        Question::Kept { side: Side::Canary, .. } => "kept_by_canary",
        Question::Kept { side: Side::Own, .. } => "kept_by_own",
    }
}

/// Writes the maps that choose between an upstream and its canary.
pub(super) fn choice(plan: &Plan, plans: &Plans, lines: &mut Lines) {
    let (Some(canary), Destination::Choice(choice)) = (plan.canary, &plan.destination) else { return };
    let home = |plan: &Plan| match plan.home() {
        Destination::Group(name) | Destination::Choice(name) | Destination::Name(name) => name,
        Destination::Nowhere | Destination::NotFound => String::new(),
    };
    let (own, other) = (home(plan), plans.get(canary.name.as_str()).map_or_else(String::new, home));
    lines.gap();
    lines.comment(&format!("Requests for {} that go to {}.", names::shown(&plan.upstream.name), names::shown(&canary.name)));
    let mut next = Word::from(&own);
    // The map that asks first is written last, as it names those that ask after it.
    for (at, question) in plan.questions.iter().rev().enumerate() {
        let is_last = at + 1 == plan.questions.len();
        let variable = if is_last { choice.clone() } else { names::variable(part(question), &plan.id) };
        Map { own: &own, other: &other, variable: &variable, next }.write(question, &plan.id, lines);
        next = Word::from(variable);
    }
}

/// One map: who asks, what the answers are, and who is asked next.
struct Map<'a> {
    own: &'a str,
    other: &'a str,
    variable: &'a str,
    next: Word,
}

impl Map<'_> {
    fn write(self, question: &Question, id: &str, lines: &mut Lines) {
        match question {
            Question::Kept { cookie, upstream, side } => {
                let (part, home) = match side {
                    Side::Own => ("own", self.own),
                    Side::Canary => ("kept", self.other),
                };
                let source = cookies::source(cookie, &format!("{part}_{id}"), lines);
                self.by_mark(&source, upstream, home, lines);
            }
            Question::Header { name, test } => self.by_header(&names::header_variable(name), test, lines),
            Question::Cookie(name) => {
                let source = cookies::source(name, &format!("canary_{id}"), lines);
                self.by_word(&source, lines);
            }
            Question::Share { weight, total } => self.by_share(*weight, *total, lines),
        }
    }

    fn by_share(self, weight: i64, total: i64, lines: &mut Lines) {
        lines.block("split_clients", vec![Word::from("$request_id"), Word::from(self.variable)], |lines| match percent(weight, total) {
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

    fn by_header(self, source: &str, test: &HeaderTest, lines: &mut Lines) {
        let pattern = match test {
            HeaderTest::Words => return self.by_word(source, lines),
            // Quirk: a pattern that cannot be read fits nothing, and nobody else is asked.
            HeaderTest::Pattern(pattern) if nginx::problem(pattern).is_some() => return self.by_presence(source, lines),
            HeaderTest::Pattern(pattern) => format!("~{pattern}"),
            HeaderTest::Value(value) => format!("~^{}$", regex_literal(value)),
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
    fn by_mark(self, source: &str, upstream: &str, home: &str, lines: &mut Lines) {
        lines.block("map", vec![Word::from(source), Word::from(self.variable)], |lines| {
            lines.entry(vec![Word::from(format!("~\\|{}$", names::mark(upstream))), Word::from(home)]);
            lines.entry(vec![Word::from("default"), self.next]);
        });
    }
}

/// The share in percent with two decimals; none for all.
fn percent(weight: i64, total: i64) -> Option<String> {
    if weight >= total {
        return None;
    }
    let hundredths = i128::from(weight) * 10_000 / i128::from(total);
    Some(format!("{}.{:02}%", hundredths / 100, hundredths % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percent() {
        assert_eq!(percent(30, 100).as_deref(), Some("30.00%"));
        assert_eq!(percent(1, 1000).as_deref(), Some("0.10%"));
        assert_eq!(percent(100, 100), None);
        assert_eq!(percent(i64::MAX, i64::MAX), None);
    }
}
