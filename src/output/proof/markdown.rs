//! A proof for pull requests.

use std::fmt::Write as _;

use super::text::{or_nothing, summary, tried};
use super::{
    NOT_SAID, Shown, apart, beside_answers, both, others, place_text, places_of, region, request_line, said, scheme, strength_word, told,
    what, word,
};
use crate::credentials::hide;
use crate::output::untrusted::one_line;
use crate::route::{Difference, ProofVerdict, Strength};

/// A comment of a pull request may not be longer than 65,536 characters; this leaves room for others.
const LONGEST: usize = 60_000;

/// The whole proof as Markdown.
#[must_use]
pub fn markdown(shown: &Shown) -> String {
    let mut out = String::from("### Is every request answered as before?\n\n");
    let differences = || shown.proved.proof.hosts.iter().flat_map(|host| &host.differences);
    let weaker = differences().filter(|difference| difference.strength == Some(Strength::Weaker)).count();
    // Writing into a String cannot fail, here and below.
    let _ = writeln!(out, "{}", text(summary(shown).trim_end()));
    if weaker > 0 {
        let _ = writeln!(out, "\n> [!CAUTION]\n> {weaker} let more through than before.");
    }
    for (at, host) in shown.proved.proof.hosts.iter().enumerate() {
        let verdict = shown.proved.verdict(at);
        if verdict == ProofVerdict::Equal {
            continue;
        }
        if out.len() > LONGEST {
            let _ = writeln!(out, "\nMore hosts are left out here.");
            break;
        }
        let _ = writeln!(out, "\n#### {} {}: {}\n", code(&host.host), scheme(host), word(verdict));
        for difference in host.differences.iter() {
            if out.len() > LONGEST {
                break;
            }
            of_difference(&mut out, shown, difference);
        }
        for judged in shown.proved.judged_of(at) {
            let verdict = judged.judgement.verdict.map_or("changed", crate::protection::Verdict::name);
            let _ = writeln!(out, "- protection **{verdict}**: {}", text(&hide(&judged.judgement.message)));
        }
        for facts in &host.facts {
            for fact in &facts.all {
                let sides = apart([&fact.base, &fact.head].map(|text| said(&fact.name, text)));
                let [base, head] = sides.map(|side| if side == NOT_SAID { side } else { code(&side) });
                let _ = writeln!(out, "- {}: {base} → {head} ({})", code(&fact.name), text(&region(&facts.region)));
            }
        }
        for doubt in &host.doubts {
            let _ = writeln!(out, "- not proved: {}; {}", code(&hide(&doubt.construct)), tried(doubt.tried));
        }
    }
    for note in &shown.notes {
        let _ = writeln!(out, "\n> [!NOTE]\n> {}", text(note));
    }
    out
}

fn of_difference(out: &mut String, shown: &Shown, difference: &Difference) {
    let strength = difference.strength.map(|strength| format!(" **{}**", strength_word(strength))).unwrap_or_default();
    let _ = writeln!(out, "- {}{strength}", code(&request_line(&difference.request)));
    for (side, role) in ["base", "head"].into_iter().enumerate() {
        let decision = &difference.decisions[side];
        let places: Vec<String> = places_of(&shown.places[side], decision).into_iter().map(|place| code(&place_text(place))).collect();
        let because = if places.is_empty() { String::new() } else { format!(" — {}", places.join(", ")) };
        let _ = writeln!(out, "  - {role}: {}{because}", code(&told(decision)));
    }
    for aspect in beside_answers(difference) {
        let [base, head] = both(aspect).map(|text| or_nothing(&text));
        let _ = writeln!(out, "  - {}: {} → {}", what(&aspect.kind), code(&base), code(&head));
    }
    let _ = writeln!(out, "  - {}", text(&format!("{}{}", region(&difference.region), others(difference))));
}

/// A text between sentences: what Markdown would obey is escaped, but for what stands in backticks.
fn text(text: &str) -> String {
    let line = one_line(text);
    let mut out = String::with_capacity(line.len());
    for (at, part) in line.split('`').enumerate() {
        if at % 2 == 1 {
            out.push_str(&code(part));
            continue;
        }
        for letter in part.chars() {
            if "\\*_[]<>#|~".contains(letter) {
                out.push('\\');
            }
            out.push(letter);
        }
    }
    out
}

/// A text as code, whatever stands in it.
fn code(text: &str) -> String {
    let line = one_line(text);
    let longest = line.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{line}{space}{fence}")
}
