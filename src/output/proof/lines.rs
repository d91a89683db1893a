//! A proof as commands of a GitHub workflow: one remark for each difference, at the line of the second side behind it.

use super::{Shown, places_of, request_line, scheme, strength_word, told};
use crate::credentials::hide;
use crate::output::findings::github::{data, property};
use crate::route::{ProofVerdict, Strength};
use crate::source::Spot;

/// One command a line.
#[must_use]
pub fn github(shown: &Shown) -> String {
    let mut out = String::new();
    for (at, host) in shown.proved.proof.hosts.iter().enumerate() {
        for difference in &host.differences {
            let [base, head] = &*difference.decisions;
            let strength = difference.strength.map(|strength| format!(" ({})", strength_word(strength))).unwrap_or_default();
            let message = format!("{}: {}, was {}{strength}", request_line(&difference.request), told(head), told(base));
            let level = if difference.strength == Some(Strength::Weaker) { "error" } else { "warning" };
            let spot = places_of(&shown.places[1], head).into_iter().find_map(|place| place.spot.as_ref());
            out.push_str(&command(level, spot, "answered-otherwise", &message));
        }
        for judged in shown.proved.judged_of(at) {
            let opens = judged.judgement.verdict.is_some_and(crate::protection::Verdict::opens);
            let message = format!("{} {}: {}", host.host, scheme(host), hide(&judged.judgement.message));
            out.push_str(&command(if opens { "error" } else { "warning" }, None, "protection", &message));
        }
        for fact in host.facts.iter().flat_map(|facts| &facts.all) {
            let message = format!("{} {}: {} differs", host.host, scheme(host), fact.name);
            out.push_str(&command("notice", None, "directive", &message));
        }
        if shown.proved.verdict(at) == ProofVerdict::NotProved {
            let constructs: Vec<&str> = host.doubts.iter().map(|doubt| doubt.construct.as_str()).collect();
            let message = format!("{} {} is not proved: {}", host.host, scheme(host), hide(&constructs.join("; ")));
            out.push_str(&command("warning", None, "not-proved", &message));
        }
    }
    out
}

fn command(level: &str, spot: Option<&Spot>, title: &str, message: &str) -> String {
    let place = spot.map(|spot| format!("file={},line={},col={},", property(&spot.file), spot.position.line, spot.position.column));
    format!("::{level} {}title={title}::{}\n", place.unwrap_or_default(), data(message))
}
