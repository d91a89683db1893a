//! A proof as one page that needs nothing else.

use super::text::{or_nothing, summary, tried};
use super::{
    Shown, apart, beside_answers, both, others, place_text, places_of, region, request_line, said, scheme, strength_word, told, what, word,
};
use crate::credentials::hide;
use crate::output::entries::{Entry, Group, Mood, Page, aside, code, sentence, side_by_side};
use crate::protection::Verdict;
use crate::route::{Difference, HostProof, ProofVerdict, Strength};

/// What the entries of a proof can be filtered by.
const FACETS: [&str; 3] = ["Verdict", "Protection", "Host"];

/// The whole proof: hosts that differ first, and equal ones by their names alone.
#[must_use]
pub fn html(shown: &Shown) -> String {
    let [base, head] = &shown.names;
    let mut about = vec![sentence(summary(shown).trim_end())];
    about.extend(shown.notes.iter().map(|note| sentence(note)));
    let groups = [(ProofVerdict::Differs, "Differ"), (ProofVerdict::NotProved, "Not proved"), (ProofVerdict::Equal, "Equal")];
    let groups = groups.map(|(verdict, title)| {
        let hosts = shown.proved.proof.hosts.iter().enumerate().filter(|(at, _)| shown.proved.verdict(*at) == verdict);
        Group { title: title.to_owned(), entries: hosts.flat_map(|(at, host)| of_host(shown, at, host)).collect() }
    });
    let heading = format!("Does {} answer as {}?", code(head), code(base));
    Page { title: "Are all requests answered as before?", heading, about, facets: &FACETS, groups: groups.into() }.html()
}

/// What there is to say of a host; of one that is equal, that it is.
fn of_host(shown: &Shown, at: usize, host: &HostProof) -> Vec<Entry> {
    let verdict = shown.proved.verdict(at);
    let entry = |mood: Mood, protection: &str, body: String| Entry {
        mood,
        subject: format!("{} {}", host.host, scheme(host)),
        facets: vec![word(verdict).to_owned(), protection.to_owned(), host.host.clone()],
        body,
        ..Entry::default()
    };
    let mut all: Vec<Entry> = host
        .differences
        .iter()
        .map(|difference| {
            let (mood, protection) = match difference.strength {
                Some(strength @ Strength::Weaker) => (Mood::Bad, strength_word(strength)),
                Some(strength @ Strength::Stronger) => (Mood::Good, strength_word(strength)),
                Some(strength @ (Strength::Changed | Strength::Added)) => (Mood::Odd, strength_word(strength)),
                None => (Mood::Plain, ""),
            };
            entry(mood, protection, of_difference(shown, difference))
        })
        .collect();
    all.extend(shown.proved.judged_of(at).iter().map(|judged| {
        let verdict = judged.judgement.verdict;
        let paths = judged.region.as_ref().map(|of| format!(" ({})", region(of))).unwrap_or_default();
        let name = verdict.map_or("changed", Verdict::name);
        let mood = verdict.map_or(Mood::Odd, Mood::from);
        entry(mood, name, format!("<p>protection {name}: {}</p>\n", sentence(&format!("{}{paths}", hide(&judged.judgement.message)))))
    }));
    all.extend(host.facts.iter().map(|facts| {
        let mut body = format!("<p>{}</p>\n", sentence(&region(&facts.region)));
        for fact in &facts.all {
            let [base, head] = apart([&fact.base, &fact.head].map(|text| said(&fact.name, text)));
            body.push_str(&aside(&code(&fact.name)));
            body.push_str(&format!("<div class=\"sides\">{}</div>\n", side_by_side(&base, &head)));
        }
        entry(Mood::Plain, "", body)
    }));
    all.extend(host.doubts.iter().map(|doubt| {
        let more = aside(&sentence(&format!("{}; {}", region(&doubt.region), tried(doubt.tried))));
        entry(Mood::Odd, "", format!("<p>not proved: {}</p>\n{more}", sentence(&hide(&doubt.construct))))
    }));
    if all.is_empty() {
        all.push(entry(Mood::Plain, "", format!("<p>{}</p>\n", word(verdict))));
    }
    all
}

fn of_difference(shown: &Shown, difference: &Difference) -> String {
    let mut body = format!("<p>{}</p>\n", code(&request_line(&difference.request)));
    for (side, role) in ["base", "head"].into_iter().enumerate() {
        let decision = &difference.decisions[side];
        body.push_str(&aside(&format!("{role}: {}", code(&told(decision)))));
        places_of(&shown.places[side], decision).into_iter().for_each(|place| body.push_str(&aside(&sentence(&place_text(place)))));
    }
    for aspect in beside_answers(difference) {
        let [base, head] = both(aspect).map(|text| or_nothing(&text));
        body.push_str(&aside(&sentence(&what(&aspect.kind))));
        body.push_str(&format!("<div class=\"sides\">{}</div>\n", side_by_side(&base, &head)));
    }
    body.push_str(&aside(&sentence(&format!("{}{}", region(&difference.region), others(difference)))));
    body
}
