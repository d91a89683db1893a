//! A proof for people: the verdict on each host, and for each difference the smallest request that shows it.

use anstyle::AnsiColor;

use super::{
    Shown, apart, beside_answers, both, others, place_text, places_of, region, request_line, said, scheme, strength_word, told, what, word,
};
use crate::diagnostic::{self, room};
use crate::output::Paint;
use crate::output::untrusted::one_line;
use crate::route::{Difference, HostProof, ProofVerdict};

/// Hosts that are named one by one although nothing is to be said of them.
const MOST_EQUAL: usize = 20;
/// Differences that are shown of one host.
const MOST: usize = 20;

/// All hosts, and what they come to.
#[must_use]
pub fn text(shown: &Shown, paint: Paint) -> String {
    let mut out = String::new();
    let hosts = &shown.proved.proof.hosts;
    let equal = (0..hosts.len()).filter(|host| shown.proved.verdict(*host) == ProofVerdict::Equal).count();
    for (at, host) in hosts.iter().enumerate() {
        if equal <= MOST_EQUAL || shown.proved.verdict(at) != ProofVerdict::Equal {
            out.push_str(&of_host(shown, at, host, paint));
        }
    }
    if equal > MOST_EQUAL {
        out.push_str(&format!("{equal} more are equal\n"));
    }
    for note in &shown.notes {
        out.push_str(&format!("note: {}\n", one_line(note)));
    }
    out.push_str(&summary(shown));
    out
}

/// The last line.
pub(super) fn summary(shown: &Shown) -> String {
    let counts = shown.proved.counts();
    let parts = [
        (counts.equal, "equal"),
        (counts.differs, if counts.differs == 1 { "differs" } else { "differ" }),
        (counts.not_proved, "not proved"),
    ];
    let parts: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let parts = if parts.is_empty() { String::from("nothing is served on either side") } else { parts.join(", ") };
    format!("hosts and schemes: {parts}\n")
}

fn colour(verdict: ProofVerdict) -> AnsiColor {
    match verdict {
        ProofVerdict::Equal => AnsiColor::Green,
        ProofVerdict::Differs => AnsiColor::Red,
        ProofVerdict::NotProved => AnsiColor::Yellow,
    }
}

fn of_host(shown: &Shown, at: usize, host: &HostProof, paint: Paint) -> String {
    let verdict = shown.proved.verdict(at);
    let name = paint.bold(&format!("{} {}", one_line(&host.host), scheme(host)));
    let mut out = format!("{name}: {}\n", paint.styled(colour(verdict).on_default(), word(verdict)));
    let most = room(host.differences.len(), MOST);
    for difference in host.differences.iter().take(most) {
        out.push_str(&of_difference(shown, difference, paint));
    }
    if host.differences.len() > most {
        out.push_str(&format!("  … and {}\n", diagnostic::more(host.differences.len() - most, "difference")));
    }
    for judged in shown.proved.judged_of(at) {
        let verdict = judged.judgement.verdict.map_or("changed", crate::protection::Verdict::name);
        let paths = judged.region.as_ref().map(|of| format!(" ({})", region(of))).unwrap_or_default();
        let message = crate::credentials::hide(&judged.judgement.message).into_owned();
        out.push_str(&format!("  protection {verdict}: {}\n", one_line(&format!("{message}{paths}"))));
    }
    for facts in &host.facts {
        out.push_str(&format!("  {}\n", one_line(&region(&facts.region))));
        for fact in &facts.all {
            let [base, head] = apart([&fact.base, &fact.head].map(|text| said(&fact.name, text)));
            out.push_str(&format!("    {}: {} -> {}\n", one_line(&fact.name), one_line(&base), one_line(&head)));
        }
    }
    for doubt in &host.doubts {
        let construct = crate::credentials::hide(&doubt.construct).into_owned();
        out.push_str(&format!("  not proved: {}\n", one_line(&construct)));
        out.push_str(&format!("    {}; {}\n", one_line(&region(&doubt.region)), tried(doubt.tried)));
    }
    out
}

/// How many requests were tried in place of a proof.
pub(super) fn tried(count: usize) -> String {
    match count {
        0 => String::from("no request was tried"),
        1 => String::from("one request was tried and answered alike"),
        _ => format!("{count} requests were tried and answered alike"),
    }
}

fn of_difference(shown: &Shown, difference: &Difference, paint: Paint) -> String {
    let line = request_line(&difference.request);
    let strength = difference.strength.map(|strength| format!("  [{}]", strength_word(strength))).unwrap_or_default();
    let mut out = format!("  {}{strength}\n", paint.bold(one_line(&line).as_ref()));
    for (side, role) in ["base", "head"].into_iter().enumerate() {
        let decision = &difference.decisions[side];
        out.push_str(&format!("    {role}  {}\n", one_line(&told(decision))));
        for place in places_of(&shown.places[side], decision) {
            out.push_str(&format!("          {}\n", paint.dim(&one_line(&place_text(place)))));
        }
    }
    for aspect in beside_answers(difference) {
        let [base, head] = both(aspect);
        out.push_str(&format!("    {}: {} -> {}\n", what(&aspect.kind), one_line(&or_nothing(&base)), one_line(&or_nothing(&head))));
    }
    out.push_str(&format!("    {}\n", one_line(&format!("{}{}", region(&difference.region), others(difference)))));
    out
}

pub(super) fn or_nothing(text: &str) -> String {
    if text.is_empty() { String::from("nothing") } else { text.to_owned() }
}
