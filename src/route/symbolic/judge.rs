//! What a difference or a doubt comes to: how it is called, whom it opens to, and which ones are the same.

use std::collections::BTreeSet;

use hashbrown::{HashMap, HashSet};

use super::facts::Fact;
use super::leaf::{End, Leaf};
use super::proof::{Difference, Doubt, Strength};
use super::requests::size;
use super::term::{Input, Term};
use super::test::Test;
use super::unlike::{Aspect, Kind, told};

/// Words that a test of paths may be about.
pub(super) fn words_of(test: &Test) -> Vec<Vec<u8>> {
    let text = match test {
        Test::Is(text) | Test::Begins(text) | Test::Caseless(text) => text.clone(),
        Test::Fits(expression) => {
            let text = expression.0.text().trim_start_matches("(?i)").trim_start_matches('^').as_bytes().to_vec();
            let end = text.iter().position(|byte| b"$(*+?[\\|{".contains(byte)).unwrap_or(text.len());
            text[..end].to_vec()
        }
        _ => return Vec::new(),
    };
    let is_plain = text.first() == Some(&b'/') && !text.windows(2).any(|pair| pair == b"//" || pair == b"/.");
    if is_plain { vec![text.clone(), [text.as_slice(), b"x"].concat(), text.to_ascii_uppercase()] } else { Vec::new() }
}

/// Paths in their plain form.
pub(super) fn plain_paths(merges_slashes: bool) -> &'static str {
    if merges_slashes {
        r"\A(?:(?:/(?:[^./\x00][^/\x00]*|\.[^./\x00][^/\x00]*|\.\.[^/\x00]+))+/?|/)\z"
    } else {
        r"\A(?:(?:/+(?:[^./\x00][^/\x00]*|\.[^./\x00][^/\x00]*|\.\.[^/\x00]+))+/*|/+)\z"
    }
}

pub(super) fn inputs_of(leaves: [&Leaf; 2]) -> Vec<Input> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for leaf in leaves {
        match &leaf.end {
            End::Backend(gets) => {
                gets.uri
                    .iter()
                    .chain(&gets.host)
                    .chain(gets.headers.values().flatten())
                    .for_each(|term| term.inputs(&mut found, &mut seen));
            }
            End::Answer { redirect, text, .. } => redirect.iter().chain(text).for_each(|term| term.inputs(&mut found, &mut seen)),
            End::Closed | End::Beyond(_) => {}
        }
    }
    let all: BTreeSet<Input> = found.into_iter().cloned().collect();
    all.into_iter().collect()
}

pub(super) fn both_literal(base: &Leaf, head: &Leaf) -> bool {
    let is_literal = |leaf: &Leaf| match &leaf.end {
        End::Answer { text, .. } => text.as_ref().is_none_or(|text| text.literal().is_some()),
        _ => false,
    };
    is_literal(base) && is_literal(head)
}

/// Whether it is about whom a service, a limit or a list of passwords is, or where copies go, and not about who may come.
pub(super) fn is_asked(aspect: &Aspect) -> bool {
    matches!(&aspect.kind, Kind::Check(_) | Kind::Mirror) && !aspect.base.is_empty() && !aspect.head.is_empty()
}

pub(super) fn fact(aspect: &Aspect) -> Fact {
    let parts = |text: &str| text.split("; ").map(str::to_owned).collect::<Vec<_>>();
    let (base, head) = (parts(&aspect.base), parts(&aspect.head));
    let only = |own: &[String], other: &[String]| own.iter().filter(|part| !other.contains(part)).cloned().collect::<Vec<_>>().join("; ");
    Fact { name: aspect.kind.name().to_owned(), base: only(&base, &head), head: only(&head, &base) }
}

/// What stands in the way of a proof, in words.
pub(super) fn construct(base: &Leaf, head: &Leaf, aspects: &[Aspect]) -> String {
    if let Some(End::Beyond(why)) = [&base.end, &head.end].into_iter().find(|end| matches!(end, End::Beyond(_))) {
        return why.replace(['\u{1}', '\u{2}'], " ");
    }
    match aspects.first() {
        Some(Aspect { kind: Kind::Header(name), base, head }) => format!("the header {name}: `{base}` and `{head}`"),
        Some(Aspect { kind, base, head }) => format!("{}: `{base}` and `{head}`", kind.name()),
        None => format!("{} and {}", told(&base.end), told(&head.end)),
    }
}

/// Who may come: what the second side does to that.
pub(super) fn strength(base: &Leaf, head: &Leaf, aspects: &[Aspect]) -> Option<Strength> {
    // Who is not served for want of a backend is not refused.
    let refuses = |leaf: &Leaf| match &leaf.end {
        End::Answer { status, .. } => (400..500).contains(status),
        End::Closed => true,
        End::Backend(_) | End::Beyond(_) => false,
    };
    match (refuses(base), refuses(head)) {
        // Whom both refuse gets in on neither side, whatever either asks before; nor does who is sent elsewhere, where it is asked again.
        (true, true) => return None,
        (true, false) if matches!(head.end, End::Answer { status: 300..400, .. }) => return None,
        (true, false) => return Some(Strength::Weaker),
        // A path that is gone protects nothing.
        (false, true) if matches!(head.end, End::Answer { status: 404, .. }) => return None,
        (false, true) => return Some(Strength::Stronger),
        _ => {}
    }
    // Who came over HTTP is let in there.
    if is_sent_to_https(&base.end) && matches!(head.end, End::Backend(_)) {
        return Some(Strength::Weaker);
    }
    if is_sent_to_https(&head.end) && matches!(base.end, End::Backend(_)) {
        return Some(Strength::Stronger);
    }
    let mut found: Option<Strength> = None;
    for aspect in aspects.iter().filter(|aspect| matches!(aspect.kind, Kind::Check(_) | Kind::Body)) {
        let own = match (&aspect.kind, aspect.base.is_empty(), aspect.head.is_empty()) {
            (Kind::Body, ..) if base.body < head.body => Strength::Weaker,
            (Kind::Body, ..) => Strength::Stronger,
            (_, false, true) => Strength::Weaker,
            (_, true, false) => Strength::Stronger,
            _ => Strength::Changed,
        };
        found = Some(match found {
            Some(known) if known != own => Strength::Changed,
            _ => own,
        });
    }
    found
}

/// Whether it is a redirect to the same host over HTTPS.
fn is_sent_to_https(end: &End) -> bool {
    let End::Answer { redirect: Some(Term::Join(parts)), .. } = end else { return false };
    let mut parts = parts.iter();
    matches!(parts.next(), Some(Term::Literal(text)) if &**text == b"https://")
        && parts.next().is_some_and(|host| !matches!(host, Term::Literal(_)))
}

/// Differences of the same kind between the same locations are one: that of the smallest request.
pub(super) fn join_differences(all: &mut Vec<Difference>) {
    all.sort_by_key(|difference| size(&difference.request));
    let kinds = |one: &Difference| one.aspects.iter().map(|aspect| aspect.kind.clone()).collect::<Vec<_>>();
    let key = |one: &Difference| (one.region.base.clone(), one.region.head.clone(), kinds(one), one.strength);
    let mut known: HashMap<_, usize> = HashMap::new();
    let mut joined: Vec<(Difference, BTreeSet<Option<String>>)> = Vec::new();
    for difference in all.drain(..) {
        let path = difference.region.paths.first().cloned();
        let at = *known.entry(key(&difference)).or_insert(joined.len());
        match joined.get_mut(at) {
            Some((_, paths)) => drop(paths.insert(path)),
            None => joined.push((difference, BTreeSet::from([path]))),
        }
    }
    *all = joined.into_iter().map(|(difference, paths)| Difference { others: paths.len() - 1, ..difference }).collect();
}

pub(super) fn join_doubts(all: &mut Vec<Doubt>) {
    let mut joined: Vec<Doubt> = Vec::new();
    for doubt in all.drain(..) {
        match joined.iter_mut().find(|known| known.construct == doubt.construct) {
            Some(known) => known.tried += doubt.tried,
            None => joined.push(doubt),
        }
    }
    *all = joined;
}
